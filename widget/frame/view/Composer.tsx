// Where the person writes. Enter sends, Shift and Enter begin a new line; what is half written survives a reload.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ACCEPTED, attach } from "../files";
import { Plane } from "../../look/Head";
import { recall, remember } from "../memory";
import { entered, expert, offered, write, writing } from "../talk";
import { say } from "../words";
import { Emoji } from "./Emoji";

/** Who came back from a screen beside the talk has their focus already. */
let taken = 0;

export function Composer() {
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const text = useSignal(recall<string>("draft") ?? "");
  const pictures = useSignal(false);

  // Only a person who opened the chat is taken to the field: now, or when the page hands the focus over.
  useEffect(() => {
    if (entered.value === taken) return;
    taken = entered.value;
    const enter = () => field.current?.focus({ preventScroll: true });
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
    pictures.value = false;
    field.current?.focus();
  }

  function insert(picture: string) {
    const { selectionStart, selectionEnd } = field.current!;
    change(text.value.slice(0, selectionStart) + picture + text.value.slice(selectionEnd));
    writing(text.value);
    requestAnimationFrame(() => field.current?.setSelectionRange(selectionStart + picture.length, selectionStart + picture.length));
  }

  function leavePictures() {
    pictures.value = false;
    field.current?.focus();
  }

  return (
    <form class="composer" onSubmit={send}>
      {pictures.value && <Emoji chosen={insert} left={leavePictures} />}
      <textarea ref={field} rows={1} maxLength={8000} aria-label={say("write")} placeholder={say("write")}
        aria-describedby={offered.value?.preview ? "preview" : undefined} value={text.value}
        onInput={(event) => {
          change(event.currentTarget.value);
          writing(text.value);
        }}
        onPaste={(event) => {
          const files = event.clipboardData?.files;
          if (!files?.length || !offered.value?.files) return;
          event.preventDefault();
          attach(files);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
        }} />
      <button type="button" class="plain" aria-label={say("emoji")} aria-expanded={pictures.value} onClick={() => (pictures.value = !pictures.value)}>
        <span aria-hidden="true">☺</span>
      </button>
      {offered.value?.files && (
        <>
          <input ref={picker} type="file" hidden multiple accept={ACCEPTED} aria-label={say("attach")}
            onChange={(event) => {
              attach(event.currentTarget.files ?? []);
              event.currentTarget.value = "";
              field.current?.focus();
            }} />
          <button type="button" class="plain" aria-label={say("attach")} onClick={() => picker.current?.click()}>
            <svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
              <path d="M20 11l-8 8a5 5 0 01-7-7l9-9a3.500 3.500 0 015 5l-9 9a2 2 0 01-3-3l8-8" />
            </svg>
          </button>
        </>
      )}
      <button type="submit" class="main" aria-label={say("send")} disabled={!text.value.trim()}>
        <Plane />
      </button>
      {offered.value?.preview && <p class="soft note" id="preview">{say("preview", { expert: expert.value || say("someone") })}</p>}
    </form>
  );
}
