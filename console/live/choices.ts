// How this expert wants to be called: which sound, how loud, for what; on this machine, each person their own.
import { signal } from "@preact/signals";

export const SOUNDS = ["bell", "chime", "knock", "drop"] as const;
export type Sound = (typeof SOUNDS)[number];
/** `volume` 0 to 100. `messages`: every message of a visitor calls, not bells alone. `desktop`: notifications are wanted. */
export interface Choices { sound: boolean; which: Sound; volume: number; desktop: boolean; messages: boolean }
export const USUAL: Choices = { sound: true, which: "bell", volume: 70, desktop: true, messages: true };

const REMEMBERED = "shopbell.choices";
let whose = "";
export const choices = signal<Choices>(USUAL);

/** Whose choices hold from now on. */
export function choicesOf(account: string): void {
  whose = account;
  choices.value = remembered(account);
}
export function choose(some: Partial<Choices>): void {
  choices.value = { ...choices.peek(), ...some };
  try {
    localStorage.setItem(`${REMEMBERED}.${whose}`, JSON.stringify(choices.peek()));
  } catch {
    // The choice holds until the page is left.
  }
}

function remembered(account: string): Choices {
  try {
    return understood(JSON.parse(localStorage.getItem(`${REMEMBERED}.${account}`) ?? "{}"));
  } catch {
    return USUAL;
  }
}
/** What was kept, as far as it makes sense; the rest as usual. */
export function understood(kept: unknown): Choices {
  const { sound, which, volume, desktop, messages } = (kept ?? {}) as Partial<Record<keyof Choices, unknown>>;
  const flag = (value: unknown, usual: boolean) => (typeof value === "boolean" ? value : usual);
  return {
    sound: flag(sound, USUAL.sound), desktop: flag(desktop, USUAL.desktop), messages: flag(messages, USUAL.messages),
    which: SOUNDS.find((one) => one === which) ?? USUAL.which,
    volume: typeof volume === "number" && volume >= 0 && volume <= 100 ? volume : USUAL.volume,
  };
}
