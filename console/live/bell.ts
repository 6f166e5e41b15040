// Makes the bell heard: a short synthesised strike, the title, the icon, the badge, the desktop.
// Browsers allow sound only after a gesture; until then `soundWaits` is true and the desk says so.
import { effect, signal } from "@preact/signals";
import { t } from "../text/text";

const REMEMBERED = "shopbell.sound";
export const soundOn = signal(remembered());
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

export function setSound(on: boolean): void {
  soundOn.value = on;
  try {
    localStorage.setItem(REMEMBERED, on ? "on" : "off");
  } catch {
    // The choice holds until the page is left.
  }
  if (on) strike();
}
function remembered(): boolean {
  try {
    return localStorage.getItem(REMEMBERED) !== "off";
  } catch {
    return true;
  }
}

/** Two strikes of a small brass bell: a few inharmonic partials that die away, high ones sooner. */
export function strike(): void {
  if (!soundOn.value || !audio || audio.state !== "running") return;
  const partials: [ratio: number, loud: number, fade: number][] = [[1, 0.5, 1.1], [2.76, 0.3, 0.6], [5.4, 0.14, 0.3], [8.9, 0.06, 0.16]];
  for (const after of [0, 0.16]) {
    const start = audio.currentTime + after;
    for (const [ratio, loud, fade] of partials) {
      const tone = audio.createOscillator();
      const level = audio.createGain();
      tone.frequency.value = 880 * ratio;
      level.gain.setValueAtTime(0.0001, start);
      level.gain.exponentialRampToValueAtTime(loud * 0.25, start + 0.004);
      level.gain.exponentialRampToValueAtTime(0.0001, start + fade);
      tone.connect(level).connect(audio.destination);
      tone.start(start);
      tone.stop(start + fade + 0.05);
    }
  }
}
/** A soft single tick for a message of a visitor while the desk is not looked at. */
export function tick(): void {
  if (!soundOn.value || !audio || audio.state !== "running") return;
  const tone = audio.createOscillator();
  const level = audio.createGain();
  const start = audio.currentTime;
  tone.frequency.value = 1320;
  level.gain.setValueAtTime(0.05, start);
  level.gain.exponentialRampToValueAtTime(0.0001, start + 0.18);
  tone.connect(level).connect(audio.destination);
  tone.start(start);
  tone.stop(start + 0.2);
}

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
/** A desktop notification while the desk is not looked at; a click brings the desk to the front. */
export function notify(id: string, who: string, where: string): void {
  if (desktop.value !== "allowed" || (document.visibilityState === "visible" && document.hasFocus())) return;
  try {
    const note = new Notification(t("bell.title", { who }), {
      body: where, tag: id, icon: `${import.meta.env.BASE_URL}bell-ringing.svg`,
    });
    note.onclick = () => {
      window.focus();
      note.close();
    };
  } catch {
    // Some phones have the name but want a service worker: the other signs remain.
  }
}
