// What is seldom needed, behind one button: another language, to look something up, to be called, a copy, peace.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { show as callMe } from "../callback";
import { tell } from "../notice";
import { Dots } from "../../look/Head";
import { go } from "../screen";
import { alone, leaveAlone, thread, welcomeAgain } from "../talk";
import { chooseLanguage, language } from "../language";
import { say } from "../words";

interface Choice { chosen: () => void; checked?: boolean; lang?: string; children: string }

/** `checked`: it holds, or does not, and is changed by this. */
const Item = ({ chosen, checked, lang, children }: Choice) => (
  <li role="none">
    <button type="button" class="plain" role={checked === undefined ? "menuitem" : "menuitemcheckbox"} aria-checked={checked}
      lang={lang} onClick={chosen}>{children}</button>
  </li>
);

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
  /** The arrows walk too, around the ends. */
  const walk = (event: KeyboardEvent) => {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = [...box.current!.querySelectorAll<HTMLElement>("li button")];
    if (!way || !all.length) return;
    event.preventDefault();
    const at = all.indexOf(document.activeElement as HTMLElement);
    all.at(at < 0 && way < 0 ? -1 : (at + way) % all.length)!.focus();
  };
  const peace = alone.value > Date.now();
  return (
    <div class="menu" ref={box} onKeyDown={walk}>
      <button type="button" class="plain dots" aria-label={say("menu")} aria-haspopup="menu" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        <Dots />
      </button>
      {open.value && (
        <ul role="menu" aria-label={say("menu")}>
          <Item lang={other} chosen={then(() => chooseLanguage(other))}>{say("language")}</Item>
          <Item chosen={then(() => go({ name: "search" }))}>{say("searchArticles")}</Item>
          <Item chosen={then(() => callMe())}>{say("callMe")}</Item>
          {!!thread.value.messages.length && <Item chosen={then(() => go({ name: "transcript" }))}>{say("transcript")}</Item>}
          <Item checked={peace} chosen={then(() => {
            (peace ? welcomeAgain : leaveAlone)();
            tell(peace ? "inviteAgain" : "notInvited");
          })}>{say("leaveAlone")}</Item>
        </ul>
      )}
    </div>
  );
}
