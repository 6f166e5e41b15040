// The keys of the desk: what they do, and the panel that names them. Single letters can be turned off.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { accept, accepting, alerts, decline } from "../../live/desk";
import { select, selection } from "../../live/selection";
import { t, type Key } from "../../text/text";

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
  [["c"], "keys.composer"], [["/"], "keys.find"], [["?"], "keys.help"], [["Esc"], "keys.back"],
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
      const known = handle(event.key, onControl);
      if (known) event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
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
    case "c":
      return focusOn("#composer");
    case "/":
      return focusOn("#find-visitor");
    case "?":
      keysOpen.value = true;
      return true;
    default:
      return false;
  }
}
function step(by: number): boolean {
  const shown = [...document.querySelectorAll<HTMLElement>("[data-alert]")];
  if (shown.length === 0) return false;
  const at = shown.findIndex((card) => selection.value?.kind === "alert" && card.dataset.alert === selection.value.id);
  const next = shown[Math.min(shown.length - 1, Math.max(0, at < 0 ? 0 : at + by))]!;
  select("alert", next.dataset.alert!);
  next.focus();
  return true;
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
        {NAMES.map(([keys, says]) => (
          <div key={says}>
            <dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{t(says)}</dd>
          </div>
        ))}
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
