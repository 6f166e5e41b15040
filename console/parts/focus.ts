// The focus is never lost: when the row that has it disappears, the list takes it, and the next key goes on from there.
// No other row gets it: whoever presses Enter just then means the one that is gone.
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const AFTER_MS = 60;

/** `ref`: the list; it has tabIndex -1. */
export function useKeptFocus(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const list = ref.current;
    if (!list) return;
    let last: Node | null = null;
    const inside = (event: FocusEvent) => (last = event.target as Node);
    // Whoever goes elsewhere by themselves is not called back.
    const away = (event: FocusEvent) => { if (last?.isConnected && event.relatedTarget) last = null; };
    const gone = new MutationObserver(() => {
      if (!last || last.isConnected) return;
      last = null;
      // What the person did may want the focus itself (a talk that opens): it comes first.
      setTimeout(() => { if (document.activeElement === document.body) list.focus({ preventScroll: true }); }, AFTER_MS);
    });
    gone.observe(list, { childList: true, subtree: true });
    list.addEventListener("focusin", inside);
    list.addEventListener("focusout", away);
    return () => {
      gone.disconnect();
      list.removeEventListener("focusin", inside);
      list.removeEventListener("focusout", away);
    };
  }, []);
}
