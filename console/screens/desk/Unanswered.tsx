// Who wrote, and nobody answers: no bell rings for them any more, so they stand here until somebody takes them.
import { closeConversation } from "../../live/desk";
import { desk, kept, nobodys } from "../../live/value";
import { Rows } from "../../parts/Rows";
import { number } from "../../text/format";
import { whoIs } from "../../text/names";
import { t } from "../../text/text";
import { Row } from "./Conversations";

export function Unanswered() {
  const all = nobodys.value;
  if (all.length === 0) return null;
  return (
    <section class="block unanswered" aria-labelledby="unanswered-title">
      <h2 id="unanswered-title">{t("unanswered.title")} <b class="count is-loud">{number(all.length)}</b></h2>
      <Rows items={all} height={64} label={t("unanswered.title")} row={(one) => (
        <div class="row-with">
          <Row one={one} tag={desk.peek()?.handedOn.has(one.id) ? t("unanswered.handed_on") : undefined} />
          <button type="button" class="quiet" aria-label={t("unanswered.close", { who: whoIs(one) })} title={t("talk.close")} onClick={() => void closeConversation(one.id)}>×</button>
        </div>
      )} />
    </section>
  );
}

/** The night's questions: above everything else until they are taken, however long their bell rang. */
export function Overnight() {
  const all = kept.value;
  if (all.length === 0) return null;
  return (
    <section class="block overnight" aria-labelledby="overnight-title">
      <h2 id="overnight-title">{t("overnight.title")} <b class="count is-loud">{number(all.length)}</b></h2>
      <Rows items={all} height={64} label={t("overnight.title")} row={(one) => <Row one={one} />} />
    </section>
  );
}
