// Where the expert writes. Enter sends; what is not sent stays, also when one looks at somebody else meanwhile.
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { writeNext } from "../../live/selection";
import { sendText, tellTyping } from "../../live/threads";
import { t } from "../../text/text";
import type { Conversation } from "../../wire";
import { CardBar } from "./CardBar";

/** Unsent words per conversation or visit; they survive a reload. */
const KEPT = "shopbell.drafts";
export const drafts = signal<Record<string, string>>(kept());
export function setDraft(id: string, text: string): void {
  drafts.value = { ...drafts.peek(), [id]: text };
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(drafts.peek()));
  } catch {
    // Kept in memory only.
  }
}
function kept(): Record<string, string> {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
}

export function Composer({ conversation }: { conversation: Conversation }) {
  const { id } = conversation;
  const text = drafts.value[id] ?? "";
  useEffect(() => {
    if (writeNext.wanted) document.querySelector<HTMLElement>("#composer")?.focus();
    writeNext.wanted = false;
  }, [id]);
  const send = () => {
    const words = text.trim();
    if (!words) return;
    sendText(id, words);
    setDraft(id, "");
  };
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <CardBar target={{ conversation: id }} visit={conversation.visit} site={conversation.site} />
      <div class="composer-row">
        <Words id="composer" label={t("composer.label")} placeholder={t("composer.placeholder")} value={text} onSend={send}
          onText={(words) => { setDraft(id, words); if (words) tellTyping(id); }} />
        <button type="submit" class="main-button" disabled={!text.trim()}>{t("composer.send")}</button>
      </div>
    </form>
  );
}

/** A text field that grows with its words up to a third of the screen. Shift+Enter breaks the line. */
export function Words({ id, label, placeholder, value, onText, onSend }: {
  id: string; label: string; placeholder?: string; value: string; onText: (text: string) => void; onSend?: () => void;
}) {
  const ref = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const field = ref.current;
    if (!field) return;
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, innerHeight / 3)}px`;
  }, [value]);
  return (
    <textarea id={id} ref={ref} rows={1} aria-label={label} placeholder={placeholder} value={value}
      onInput={(event) => onText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing && onSend) { event.preventDefault(); onSend(); }
      }} />
  );
}
