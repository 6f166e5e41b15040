// Who wrote, and nobody answers: no bell rings for them any more, so they stand here until somebody takes them.
import { desk } from "../../live/desk";
import { Rows } from "../../parts/Rows";
import { unanswered } from "../../state/desk";
import { number } from "../../text/format";
import { t } from "../../text/text";
import { Row } from "./Conversations";

export function Unanswered() {
  const now = desk.value;
  const all = now ? unanswered(now) : [];
  if (!now || all.length === 0) return null;
  return (
    <section class="block unanswered" aria-labelledby="unanswered-title">
      <h2 id="unanswered-title">{t("unanswered.title")} <b class="count is-loud">{number(all.length)}</b></h2>
      <Rows items={all} height={64} label={t("unanswered.title")}
        row={(one) => <Row one={one} tag={now.handedOn.has(one.id) ? t("unanswered.handed_on") : undefined} />} />
    </section>
  );
}
