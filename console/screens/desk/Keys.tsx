// The keys of the desk: what they do, and the panel that names them. Single letters can be turned off.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { accept, accepting, alerts, decline } from "../../live/desk";
import { column, select, selection, shownBells } from "../../live/selection";
import { kept, mine, nobodys, talkOf, talks } from "../../live/value";
import { t, type Key } from "../../text/text";
import type { Conversation } from "../../wire";
import { setNoting } from "./Composer";
import { transferring } from "./Transfer";

export const keysOpen = signal(false);
const REMEMBERED = "shopbell.keys";
export const keysOn = signal(((): boolean => {
  try {
    return localStorage.getItem(REMEMBERED) !== "off";
  } catch {
    return true;
  }
})());

const NAMES: [keys: string[], says: Key][] = [
  [["j", "↓"], "keys.next"], [["k", "↑"], "keys.previous"], [["Enter"], "keys.accept"], [["x"], "keys.decline"],
  [["u"], "keys.unread"], [["c"], "keys.composer"], [["n"], "keys.note"], [["h"], "keys.hand_on"], [["p"], "keys.person"],
  [["m"], "keys.missed"], [["b"], "keys.callbacks"], [["/"], "keys.find"], [["?"], "keys.help"], [["Esc"], "keys.back"],
];
/** What the composer itself understands. */
const WRITING: [keys: string[], says: Key][] = [
  [["Enter"], "keys.send"], [["Shift", "Enter"], "keys.line"], [["Alt", "N"], "keys.note_here"], [["/"], "keys.canned"], [["Ctrl", "V"], "keys.paste"],
];

/** Listens on the whole page, but never while somebody writes or presses a button. */
export function useKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const target = event.target as HTMLElement;
      if (event.key === "Escape") {
        keysOpen.value = false;
        if (target.matches("input, textarea, select")) target.blur();
        return;
      }
      if (target.closest("input, textarea, select, dialog, [contenteditable]")) return;
      if (!keysOn.value && event.key.length === 1) return;
      const onControl = target.closest("button, a, summary") !== null;
      const known = handle(letter(event), onControl);
      if (known) event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

/** The key as it is named here, also where another alphabet is switched on: then the place on the keyboard says which. */
function letter({ key, code }: KeyboardEvent): string {
  const latin = /^Key([A-Z])$/.exec(code)?.[1];
  return latin && /^[^\x00-\x7f]$/.test(key) ? latin.toLowerCase() : key;
}
function handle(key: string, onControl: boolean): boolean {
  const chosen = selection.value?.kind === "alert" ? selection.value.id : null;
  const live = alerts.value.some((alert) => alert.id === chosen);
  switch (key) {
    case "j": case "ArrowDown":
      return step(1);
    case "k": case "ArrowUp":
      return step(-1);
    case "Enter":
      if (onControl || !chosen || !live || accepting.value) return false;
      void accept(chosen);
      return true;
    case "x":
      if (!chosen || !live) return false;
      void decline(chosen);
      return true;
    case "u":
      return nextTalk();
    case "c":
      return focusOn("#composer");
    case "n": {
      const talk = ofMine();
      if (!talk) return false;
      setNoting(talk.id, true);
      requestAnimationFrame(() => focusOn("#composer"));
      return true;
    }
    case "h": {
      const talk = ofMine();
      if (!talk || talk.expert?.id !== mine.peek()?.id) return false;
      column.value = "talk";
      transferring.value = talk.id;
      return true;
    }
    case "p":
      column.value = "person";
      return focusOn(".column-person");
    case "m":
      column.value = "list";
      return focusOn(".missed .row");
    case "b":
      column.value = "list";
      return focusOn(".callbacks :is(a, button)");
    case "/":
      return focusOn("#find-visitor");
    case "?":
      keysOpen.value = true;
      return true;
    default:
      return false;
  }
}
/** The open conversation that is looked at. */
function ofMine(): Conversation | null {
  const talk = selection.value?.kind === "conversation" ? talkOf(selection.value.id) : undefined;
  return talk?.state === "open" ? talk : null;
}
/** From one conversation with unread words to the next; where there is none, from one to the next. */
function nextTalk(): boolean {
  const all = [...kept.value, ...talks.value.open, ...nobodys.value];
  const unread = all.filter((one) => one.unread > 0);
  const among = unread.length > 0 ? unread : all;
  if (among.length === 0) return false;
  const at = among.findIndex((one) => selection.value?.id === one.id);
  select("conversation", among[(at + 1) % among.length]!.id, "talk");
  return true;
}
function step(by: number): boolean {
  const { ids } = shownBells;
  if (ids.length === 0) return false;
  const at = selection.value?.kind === "alert" ? ids.indexOf(selection.value.id) : -1;
  const next = ids[Math.min(ids.length - 1, Math.max(0, at < 0 ? 0 : at + by))]!;
  select("alert", next);
  if (!focusOn(`[data-alert="${next}"]`)) bringIntoSight(next);
  return true;
}
/** A line that is not on the page yet: the list is scrolled to where it stands, and it appears. */
function bringIntoSight(id: string): void {
  const list = document.querySelector<HTMLElement>(".alerts-more .rows");
  const column = list?.closest<HTMLElement>(".column");
  if (!list || !column) return;
  const cards = document.querySelectorAll(".alerts [data-alert]").length;
  const line = list.offsetHeight / Math.max(1, shownBells.ids.length - cards);
  const top = list.getBoundingClientRect().top - column.getBoundingClientRect().top + column.scrollTop;
  column.scrollTop = top + (shownBells.ids.indexOf(id) - cards) * line - column.clientHeight / 2;
  setTimeout(() => focusOn(`[data-alert="${id}"]`), 60);
}
function focusOn(selector: string): boolean {
  const found = document.querySelector<HTMLElement>(selector);
  found?.focus();
  return found !== null;
}

export function KeysPanel() {
  const ref = useRef<HTMLDialogElement>(null);
  const open = keysOpen.value;
  useEffect(() => {
    if (open && !ref.current?.open) ref.current?.showModal();
    if (!open && ref.current?.open) ref.current.close();
  }, [open]);
  return (
    <dialog ref={ref} class="sheet keys" aria-labelledby="keys-title" onClose={() => (keysOpen.value = false)}>
      <h2 id="keys-title">{t("keys.title")}</h2>
      <dl>
        {NAMES.map(([keys, says]) => <KeyLine key={says} keys={keys} says={says} />)}
      </dl>
      <h3>{t("keys.writing")}</h3>
      <dl>
        {WRITING.map(([keys, says]) => <KeyLine key={says} keys={keys} says={says} />)}
      </dl>
      <label class="check">
        <input type="checkbox" checked={keysOn.value} onChange={(event) => {
          keysOn.value = event.currentTarget.checked;
          try {
            localStorage.setItem(REMEMBERED, keysOn.value ? "on" : "off");
          } catch {
            // Holds until the page is left.
          }
        }} />
        <span>{t("keys.single")}</span>
      </label>
      <button type="button" class="plain-button" onClick={() => (keysOpen.value = false)}>{t("keys.close")}</button>
    </dialog>
  );
}

function KeyLine({ keys, says }: { keys: readonly string[]; says: Key }) {
  return <div><dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt><dd>{t(says)}</dd></div>;
}
