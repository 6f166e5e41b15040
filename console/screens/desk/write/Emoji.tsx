// A few faces and signs, one press away; whoever wants another one has their system's own list.
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../../text/text";

const SIGNS = [..."🙂😊😀😉😍🤗🤔😅😂😢😕😮🙏👍👎👌👋👏💪🤝🎉🎁❤⭐🔥✅❌❗❓💡📎📞📅⏰🚚📦💳🧾🛒🌱☀☕"].map((one) => (/[❤☀]/.test(one) ? `${one}\ufe0f` : one));
const ROW = 10;

export function Emoji({ onPick }: { onPick: (sign: string) => void }) {
  const ref = useRef<HTMLDetailsElement>(null);
  const close = (back = true) => {
    if (ref.current) ref.current.open = false;
    if (back) ref.current?.querySelector("summary")?.focus();
  };
  useEffect(() => {
    const away = (event: Event) => { if (ref.current?.open && !ref.current.contains(event.target as Node)) close(false); };
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, []);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && ref.current?.open) { event.preventDefault(); event.stopPropagation(); return close(); }
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: ROW, ArrowUp: -ROW }[event.key];
    if (!by) return;
    const all = [...ref.current!.querySelectorAll("button")];
    event.preventDefault();
    event.stopPropagation();
    all[Math.min(all.length - 1, Math.max(0, all.indexOf(document.activeElement as HTMLButtonElement) + by))]?.focus();
  };
  return (
    <details class="emoji" ref={ref} onKeyDown={onKey}>
      <summary class="tool" aria-label={t("emoji.label")} title={t("emoji.label")}>
        <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round">
          <circle cx="10" cy="10" r="7.5" /><path d="M6.8 12a4 4 0 0 0 6.4 0M7.5 7.6v.4M12.5 7.6v.4" /></svg>
      </summary>
      <div class="emoji-grid sheet" role="group" aria-label={t("emoji.label")}>
        {SIGNS.map((sign) => <button key={sign} type="button" onClick={() => { close(false); onPick(sign); }}>{sign}</button>)}
      </div>
    </details>
  );
}
