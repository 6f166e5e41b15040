// Makes the bell heard: a short synthesised sound, the title, the icon, the badge, the desktop.
// Browsers allow sound only after a gesture; until then `soundWaits` is true and the desk says so.
import { effect, signal } from "@preact/signals";
import { upright } from "../../widget/look/direction";
import { t } from "../text/text";
import { choices, type Sound } from "./choices";

export const soundWaits = signal(true);

let audio: AudioContext | null = null;

/** Listens for the first gesture, which opens the audio; call once. */
export function startBell(): void {
  const wake = () => {
    try {
      audio ??= new AudioContext();
      void audio.resume().then(() => (soundWaits.value = audio?.state !== "running"));
    } catch {
      // No audio in this browser: title, badge and notification remain.
    }
  };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { capture: true, passive: true });
}

/** One struck tone: how high (Hz, where it begins and ends), how loud (0 to 1), when it begins and how long it fades (s). */
interface Tone { high: number; to?: number; loud: number; after: number; fade: number; shape?: OscillatorType }
/** A brass bell is a few inharmonic partials that die away, high ones sooner. */
const BRASS: [ratio: number, loud: number, fade: number][] = [[1, 0.5, 1.1], [2.76, 0.3, 0.6], [5.4, 0.14, 0.3], [8.9, 0.06, 0.16]];
const TONES: Record<Sound, Tone[]> = {
  bell: [0, 0.16].flatMap((after) => BRASS.map(([ratio, loud, fade]) => ({ high: 880 * ratio, loud, after, fade }))),
  chime: [523, 659, 784].map((high, at) => ({ high, loud: 0.6, after: at * 0.18, fade: 0.9 })),
  knock: [0, 0.14, 0.4].map((after) => ({ high: 190, to: 90, loud: 1, after, fade: 0.09, shape: "triangle" as const })),
  drop: [0, 0.22].map((after) => ({ high: 420, to: 1_100, loud: 0.8, after, fade: 0.16 })),
};
const TICK: Tone[] = [{ high: 1_320, loud: 0.25, after: 0, fade: 0.18 }];

function play(tones: readonly Tone[]): void {
  const { sound, volume } = choices.peek();
  if (!sound || volume === 0 || !audio || audio.state !== "running") return;
  for (const { high, to, loud, after, fade, shape } of tones) {
    const start = audio.currentTime + after;
    const tone = audio.createOscillator();
    const level = audio.createGain();
    tone.type = shape ?? "sine";
    tone.frequency.setValueAtTime(high, start);
    if (to) tone.frequency.exponentialRampToValueAtTime(to, start + fade);
    level.gain.setValueAtTime(0.0001, start);
    level.gain.exponentialRampToValueAtTime(Math.max(0.0002, loud * 0.35 * (volume / 100)), start + 0.004);
    level.gain.exponentialRampToValueAtTime(0.0001, start + fade);
    tone.connect(level).connect(audio.destination);
    tone.start(start);
    tone.stop(start + fade + 0.05);
  }
}
/** The bell, in the sound that this expert has chosen. Many bells at once are one sound. */
export function strike(): void {
  if (performance.now() - struck < STRIKE_MS) return;
  struck = performance.now();
  play(TONES[choices.peek().which]);
}
const STRIKE_MS = 1_000;
let struck = -STRIKE_MS;
/** A soft single tick for a message of a visitor while the desk is not looked at. */
export const tick = (): void => play(TICK);

/** Keeps title, icon and application badge at the number of things that wait. */
export function showCount(count: () => number): () => void {
  return effect(() => {
    const n = count();
    document.title = n > 0 ? `(${n}) Shopbell` : "Shopbell";
    const icon = document.querySelector<HTMLLinkElement>("#favicon");
    if (icon) icon.href = `${import.meta.env.BASE_URL}${n > 0 ? "bell-ringing.svg" : "bell.svg"}`;
    const badge = navigator as Navigator & { setAppBadge?: (n: number) => Promise<void>; clearAppBadge?: () => Promise<void> };
    void (n > 0 ? badge.setAppBadge?.(n) : badge.clearAppBadge?.())?.catch(() => undefined);
  });
}

export type Desktop = "allowed" | "denied" | "ask" | "insecure" | "missing";
export const desktop = signal<Desktop>(desktopNow());
export function desktopNow(): Desktop {
  if (!globalThis.isSecureContext) return "insecure";
  if (!("Notification" in globalThis)) return "missing";
  return { granted: "allowed", denied: "denied", default: "ask" }[Notification.permission] as Desktop;
}
export async function allowDesktop(): Promise<void> {
  await Notification.requestPermission();
  desktop.value = desktopNow();
}
/** The person may change their mind in the browser's own settings while the desk is open. */
globalThis.addEventListener?.("focus", () => (desktop.value = desktopNow()));

/** A desktop notification while the desk is not looked at; a click brings the desk to the front. True if it was shown. */
function show(id: string, title: string, body: string, opened: () => void): boolean {
  if (desktop.value !== "allowed" || !choices.peek().desktop || (document.visibilityState === "visible" && document.hasFocus())) return false;
  try {
    const note = new Notification(upright(title), { body: upright(body), tag: id, icon: `${import.meta.env.BASE_URL}bell-ringing.svg` });
    note.onclick = () => {
      window.focus();
      opened();
      note.close();
    };
    return true;
  } catch {
    // Some phones have the name but want a service worker: the other signs remain.
    return false;
  }
}
export const notifyBell = (id: string, who: string, where: string, opened: () => void): boolean => show(id, t("bell.title", { who }), where, opened);
/** A message of a visitor, where this expert wants to hear of every one. */
export function notifyMessage(conversation: string, who: string, words: string, opened: () => void): void {
  if (!choices.peek().messages || document.hasFocus()) return;
  tick();
  show(`message:${conversation}`, who, words, opened);
}
/** "This is how it sounds", whatever the desk does just now. */
export const tryNotification = (): boolean => {
  play(TONES[choices.peek().which]);
  try {
    if (desktop.value === "allowed" && choices.peek().desktop) new Notification(t("notify.try_title"), { body: t("notify.try_body"), tag: "try", icon: `${import.meta.env.BASE_URL}bell-ringing.svg` });
    return true;
  } catch {
    return false;
  }
};
