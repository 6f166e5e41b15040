// Where the expert writes: to the visitor, or a note that only colleagues read. What is not sent stays, also when one
// looks at somebody else meanwhile.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { attach } from "../../live/files";
import { writeNext } from "../../live/selection";
import { sendText, tellTyping } from "../../live/threads";
import { drafts, setDraft } from "../../live/unsaid";
import { t } from "../../text/text";
import type { Conversation } from "../../wire";
import { CardBar } from "./CardBar";
import { AttachButton } from "./write/Attach";
import { Emoji } from "./write/Emoji";
import { useCanned } from "./write/useCanned";
import { Words } from "./write/Words";

/** Conversations in which a note is being written just now. */
export const noting = signal<ReadonlySet<string>>(new Set());
export function setNoting(id: string, on: boolean): void {
  const next = new Set(noting.peek());
  if (on) next.add(id);
  else next.delete(id);
  noting.value = next;
}

export function Composer({ conversation }: { conversation: Conversation }) {
  const { id } = conversation;
  const note = noting.value.has(id);
  const key = note ? `note:${id}` : id;
  const text = drafts.value[key] ?? "";
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (writeNext.wanted) field.current?.focus();
    writeNext.wanted = false;
  }, [id]);

  const write = (words: string, caret: number) => {
    setDraft(key, words);
    // After the field has the new words.
    requestAnimationFrame(() => field.current?.setSelectionRange(caret, caret));
  };
  const insert = (words: string) => {
    const now = drafts.peek()[key] ?? "";
    const from = field.current?.selectionStart ?? now.length;
    const to = field.current?.selectionEnd ?? now.length;
    write(now.slice(0, from) + words + now.slice(to), from + words.length);
    field.current?.focus();
  };
  const canned = useCanned(conversation, text, field, write);
  const send = () => {
    const words = text.trim();
    if (!words) return;
    sendText(id, words, note);
    setDraft(key, "");
    if (note) setNoting(id, false);
  };
  const files = (all: File[]) => attach(id, all);
  return (
    <form class={`composer${note ? " is-note" : ""}`} onSubmit={(event) => { event.preventDefault(); send(); }}
      onKeyDown={(event) => {
        if (event.defaultPrevented) return;
        // Also from within the field, where letters are words: nobody should have to look whether a note is one.
        const turns = event.altKey && event.code === "KeyN";
        if (!turns && !(note && event.key === "Escape")) return;
        event.preventDefault();
        setNoting(id, turns ? !note : false);
        field.current?.focus();
      }}>
      <div class="composer-top">
        <div class="segments" role="group" aria-label={t("composer.to")}>
          <button type="button" aria-pressed={!note} onClick={() => { setNoting(id, false); field.current?.focus(); }}>{t("composer.to_visitor")}</button>
          <button type="button" aria-pressed={note} onClick={() => { setNoting(id, true); field.current?.focus(); }}>{t("composer.to_house")}</button>
        </div>
        {!note && <CardBar target={{ conversation: id }} visit={conversation.visit} site={conversation.site} insert={insert} />}
      </div>
      {note && <p class="note-hint small">{t("composer.note_hint")}</p>}
      <div class="composer-row">
        {!note && <AttachButton conversation={id} disabled={false} />}
        <Emoji onPick={insert} />
        <div class="composer-field">
          {canned.popup}
          <Words id="composer" field={field} label={t(note ? "composer.note_label" : "composer.label")} placeholder={t(note ? "composer.note_placeholder" : matchMedia("(width < 40rem)").matches ? "composer.short" : "composer.placeholder")}
            value={text} onSend={send} onKey={canned.onKey} list={canned.list} onFiles={note ? undefined : files}
            onText={(words) => { setDraft(key, words); if (words && !note) tellTyping(id); }} />
        </div>
        <button type="submit" class="main-button" disabled={!text.trim()}>{t(note ? "composer.keep" : "composer.send")}</button>
      </div>
    </form>
  );
}
