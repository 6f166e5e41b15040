// Nobody is at this desk: no key, no pointer, no focus for ten minutes. The desk then says "away" by itself, and "online"
// again on the next sign of life, but only if it was the desk that said so. All tabs of a browser are one desk.
import type { Me, Status } from "../wire";

/** The reason that is no person's word (service: routing/do.py). */
export const IDLE = "idle";
export const IDLE_MINUTES = 10;
const LOOK_MS = 5_000;
const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"] as const;
const REMEMBERED = "shopbell.seen";

/** Calls `say` with what the desk says by itself. Returns how to stop. */
export function watchIdle(me: () => Pick<Me, "status" | "status_reason"> | null, say: (status: Status) => void): () => void {
  let seen = Date.now();
  const look = () => {
    const now = me();
    if (!now) return;
    const idle = Date.now() - Math.max(seen, elsewhere()) >= IDLE_MINUTES * 60_000;
    if (idle && now.status === "online") say("away");
    if (!idle && now.status === "away" && now.status_reason === IDLE) say("online");
  };
  const sign = () => {
    const since = Date.now() - seen;
    if (since < 1_000) return;
    seen = Date.now();
    try {
      localStorage.setItem(REMEMBERED, String(seen));
    } catch {
      // Storage is closed: this tab knows of itself alone.
    }
    if (me()?.status_reason === IDLE) look();
  };
  for (const kind of SIGNS) addEventListener(kind, sign, { capture: true, passive: true });
  addEventListener("focus", sign);
  const timer = setInterval(look, LOOK_MS);
  return () => {
    clearInterval(timer);
    for (const kind of SIGNS) removeEventListener(kind, sign, { capture: true });
    removeEventListener("focus", sign);
  };
}

function elsewhere(): number {
  try {
    const seen = Number(localStorage.getItem(REMEMBERED));
    return seen <= Date.now() ? seen : 0;
  } catch {
    return 0;
  }
}
