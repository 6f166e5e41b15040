// What is odd about a rule, said where it concerns: an error is in the way of saving, a warning is not.
import { t } from "../../../text/text";
import type { Finding } from "../../../wire";
import { isMissing } from "./draft";

export function Findings({ items }: { items: readonly Finding[] }) {
  if (items.length === 0) return null;
  return (
    <ul class="findings">
      {items.map((one) => (
        <li key={one.where + one.code + one.sentence} class={`finding is-${isMissing(one) ? "missing" : one.level}`}>
          <b>{t(isMissing(one) ? "finding.missing" : one.level === "error" ? "finding.error" : "finding.warning")}</b> {one.sentence}
        </li>
      ))}
    </ul>
  );
}
