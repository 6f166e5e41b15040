// Whether events come in: the newest sign of life, in words that grow old by themselves.
import { LiveDot } from "../../parts/small";
import { dateAndTime, duration } from "../../text/format";
import { t } from "../../text/text";

const FRESH_MS = 5 * 60_000;
const DAY_MS = 86_400_000;

export function Arrives({ at, now }: { at: string | null; now: number }) {
  if (!at) return <p class="arrives"><LiveDot live={false} said={false} /> {t("snippet.never")}</p>;
  const ago = Math.max(0, now - Date.parse(at));
  const says = ago < DAY_MS ? t("snippet.last_ago", { ago: duration(ago) }) : t("snippet.last_at", { at: dateAndTime(at) });
  return <p class="arrives"><LiveDot live={ago < FRESH_MS} said={false} /> {says}</p>;
}
