// Where the person writes. Enter sends, Shift and Enter begin a new line; what is half written survives a reload.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { recall, remember } from "../memory";
import { entered, write, writing } from "../talk";
import { say } from "../words";

export function Composer() {
  const field = useRef<HTMLTextAreaElement>(null);
  const text = useSignal(recall<string>("draft") ?? "");

  // Only a person who opened the chat is taken to the field: now, or when the page hands the focus over.
  useEffect(() => {
    if (!entered.value) return;
    const enter = () => field.current?.focus();
    enter();
    addEventListener("focus", enter, { once: true });
    return () => removeEventListener("focus", enter);
  }, [entered.value]);

  function change(value: string) {
    text.value = value;
    remember("draft", value);
  }

  function send(event: Event) {
    event.preventDefault();
    if (!text.value.trim()) return;
    write(text.value.trim());
    change("");
    field.current?.focus();
  }

  return (
    <form class="composer" onSubmit={send}>
      <textarea ref={field} rows={1} maxLength={8000} aria-label={say("write")} placeholder={say("write")}
        value={text.value}
        onInput={(event) => {
          change(event.currentTarget.value);
          if (text.value) writing();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
        }} />
      <button type="submit" class="main" aria-label={say("send")} disabled={!text.value.trim()}>
        <svg viewBox="0 0 24 24" width="20" height="20" fill="currentColor" aria-hidden="true">
          <path d="M3 4l18 8-18 8 3-7 8-1-8-1-3-7Z" />
        </svg>
      </button>
    </form>
  );
}
