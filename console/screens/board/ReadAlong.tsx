// Reading along: the conversation as its expert sees it, and a note that only the expert sees. The visitor sees nothing.
import { useEffect } from "preact/hooks";
import { ask } from "../../live/line";
import { closeThread, openThread, sendText, takeBatch } from "../../live/threads";
import { drafts, setDraft } from "../../live/unsaid";
import { connection } from "../../live/value";
import { whoIs } from "../../text/names";
import { t } from "../../text/text";
import type { BoardTalk, Opened } from "../../wire";
import { Log } from "../desk/Log";
import { Words } from "../desk/write/Words";

export function ReadAlong({ talk, expert, close }: { talk: BoardTalk; expert: string; close: () => void }) {
  const { id } = talk;
  const name = whoIs(talk);
  const hears = connection.value.phase === "live";
  useEffect(() => {
    if (!hears) return;
    void ask<Opened>("conversation.watch", { conversation: id, on: true }).then((opened) => { if (opened) takeBatch(id, opened.messages); });
    void openThread(id, talk.last_seq);
    return () => void ask("conversation.watch", { conversation: id, on: false });
  }, [id, hears]);
  useEffect(() => () => closeThread(id), [id]);
  const key = `note:${id}`;
  const text = drafts.value[key] ?? "";
  const send = () => {
    if (!text.trim()) return;
    sendText(id, text.trim(), true);
    setDraft(key, "");
  };
  return (
    <section class="board-part read-along" aria-labelledby="read-title" onKeyDown={(event) => { if (event.key === "Escape" && !event.defaultPrevented) close(); }}>
      <header class="talk-head">
        <h2 id="read-title">{t("board.reading", { who: name, expert })}</h2>
        <span class="top-space" />
        <button type="button" class="quiet" onClick={close}>{t("board.close")}</button>
      </header>
      <Log id={id} name={name} />
      <form class="composer is-note" onSubmit={(event) => { event.preventDefault(); send(); }}>
        <p class="note-hint small">{t("board.note_hint", { expert })}</p>
        <div class="composer-row">
          <Words id="board-note" label={t("composer.note_label")} placeholder={t("composer.note_placeholder")} value={text} onText={(words) => setDraft(key, words)} onSend={send} />
          <button type="submit" class="main-button" disabled={!text.trim()}>{t("composer.keep")}</button>
        </div>
      </form>
    </section>
  );
}
