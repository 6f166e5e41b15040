// Who wrote, and nobody answers: no bell rings for them any more, so they stand here until somebody takes them.
import { desk, nobodys } from "../../live/value";
import { Rows } from "../../parts/Rows";
import { number } from "../../text/format";
import { t } from "../../text/text";
import { Row } from "./Conversations";

export function Unanswered() {
  const all = nobodys.value;
  if (all.length === 0) return null;
  return (
    <section class="block unanswered" aria-labelledby="unanswered-title">
      <h2 id="unanswered-title">{t("unanswered.title")} <b class="count is-loud">{number(all.length)}</b></h2>
      <Rows items={all} height={64} label={t("unanswered.title")}
        row={(one) => <Row one={one} tag={desk.peek()?.handedOn.has(one.id) ? t("unanswered.handed_on") : undefined} />} />
    </section>
  );
}
