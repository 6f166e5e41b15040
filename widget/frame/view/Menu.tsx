// What is seldom needed, behind one button: another language, to be called, a copy, peace.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { show as callMe } from "../callback";
import { go } from "../screen";
import { alone, leaveAlone, thread, welcomeAgain } from "../talk";
import { chooseLanguage, language } from "../language";
import { say } from "../words";

export function Menu() {
  const open = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const other = language.value === "en" ? "ru" : "en";

  // Escape, and a look elsewhere, close it; the first one closes nothing else.
  useEffect(() => {
    if (!open.value) return;
    const shut = (event: Event) => {
      if (event instanceof KeyboardEvent) {
        if (event.key !== "Escape") return;
        event.stopImmediatePropagation();
        box.current?.querySelector("button")?.focus();
      } else if (box.current?.contains((event as FocusEvent).target as Node)) return;
      open.value = false;
    };
    const events = ["keydown", "focusin", "pointerdown"];
    for (const name of events) addEventListener(name, shut, true);
    return () => events.forEach((name) => removeEventListener(name, shut, true));
  }, [open.value]);

  const then = (what: () => void) => () => {
    open.value = false;
    box.current?.querySelector("button")?.focus();
    what();
  };
  const peace = alone.value > Date.now();
  return (
    <div class="menu" ref={box}>
      <button type="button" class="plain dots" aria-label={say("menu")} aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        <svg viewBox="0 0 24 24" width="20" height="20" fill="currentColor" aria-hidden="true">
          <path d="M3 10h4v4H3ZM10 10h4v4h-4ZM17 10h4v4h-4Z" />
        </svg>
      </button>
      {open.value && (
        <ul>
          <li><button type="button" class="plain" lang={other} onClick={then(() => chooseLanguage(other))}>{say("language")}</button></li>
          <li><button type="button" class="plain" onClick={then(() => callMe())}>{say("callMe")}</button></li>
          {!!thread.value.messages.length && (
            <li><button type="button" class="plain" onClick={then(() => go({ name: "transcript" }))}>{say("transcript")}</button></li>
          )}
          <li><button type="button" class="plain" onClick={then(peace ? welcomeAgain : leaveAlone)}>{say(peace ? "inviteAgain" : "leaveAlone")}</button></li>
        </ul>
      )}
    </div>
  );
}
