// Somebody on the site without a conversation: invite them with a sentence, or lay a card on their page.
import { useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { desk, invite } from "../../live/desk";
import { askTalk, openTalk } from "../../live/looked";
import { say } from "../../live/notes";
import { column, select } from "../../live/selection";
import { drafts, setDraft } from "../../live/unsaid";
import { whereIs, whoIs } from "../../text/names";
import { t } from "../../text/text";
import type { VisitBrief } from "../../wire";
import { CardBar } from "./CardBar";
import { Words } from "./write/Words";

export function InviteVisit({ visit }: { visit: VisitBrief }) {
  const [busy, setBusy] = useState(false);
  const key = `visit:${visit.id}`;
  const who = whoIs(visit);
  const text = drafts.value[key] ?? t("invite.words", { me: desk.value?.me.name.split(" ")[0] ?? "" });
  const send = async () => {
    if (busy || !text.trim()) return;
    setBusy(true);
    if (await invite(visit.id, text.trim())) {
      setDraft(key, "");
      say(t("invite.sent", { who }), "good");
    }
    setBusy(false);
  };
  const mine = desk.value?.conversations.find((one) => one.id === visit.conversation && one.state === "open");
  const elsewhere = visit.conversation && !mine ? visit.conversation : null;
  const asked = useAnswer(elsewhere, () => askTalk(elsewhere!)).value;
  const other = asked && asked.id === elsewhere && asked.state === "open" ? asked : null;
  const talked = desk.value?.conversations.some((one) => one.visitor === visit.visitor && one.state === "closed");
  return (
    <>
      <header class="talk-head">
        <button type="button" class="quiet only-phone" onClick={() => (column.value = "list")} aria-label={t("desk.back")}>←</button>
        <h2>{who}</h2>
      </header>
      <div class="log invite">
        {mine ? (
          <p>{t(mine.expert ? "invite.have" : "invite.nobodys")} <button type="button" class="link" onClick={() => select("conversation", mine.id, "talk")}>{t("invite.open")}</button></p>
        ) : talked ? <p>{t("invite.again")}</p> : other?.expert ? <p>{t("talk.theirs", { who: other.expert.name })} <button type="button" class="link" onClick={() => void openTalk(other.id)}>{t("invite.open")}</button></p>
        : other ? <p>{t("invite.nobodys")} <button type="button" class="link" onClick={() => void openTalk(other.id)}>{t("invite.open")}</button></p> : visit.left ? <p>{t("invite.left")}</p> : null}
        <p class="soft">{t("invite.where", { where: whereIs(visit.path) })}</p>
        <p class="soft">{t("invite.how")}</p>
      </div>
      <form class="composer" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        <CardBar target={{ visit: visit.id }} visit={visit.id} site={visit.site} />
        <div class="composer-row">
          <Words id="composer" label={t("invite.label")} value={text} onText={(words) => setDraft(key, words)} onSend={() => void send()} />
          <button type="submit" class="main-button" disabled={busy || visit.left || !text.trim()}>{t("invite.send")}</button>
        </div>
      </form>
    </>
  );
}
