// Quiet lines at the foot of the desk: what just happened, in words; they leave by themselves.
import { signal } from "@preact/signals";

export interface Note { id: number; text: string; tone: "plain" | "good" | "bad"; about?: string }
const STAY_MS = 8_000;
let next = 1;

export const notes = signal<Note[]>([]);
/** `about`: a conversation, say; what was said of it before is no longer true, and gives way. */
export function say(text: string, tone: Note["tone"] = "plain", about?: string): void {
  const others = about ? notes.peek().filter((note) => note.about !== about) : notes.peek();
  if (others.some((note) => note.text === text)) return;
  const note = { id: next++, text, tone, about };
  notes.value = [...others, note].slice(-3);
  setTimeout(() => dismiss(note.id), STAY_MS);
}
export const dismiss = (id: number): void => void (notes.value = notes.peek().filter((note) => note.id !== id));
/** "Saved." was said of a screen that is no longer there. What went wrong stays until it was read. */
export const forgetDone = (): void => void (notes.value = notes.peek().filter((note) => note.tone !== "good"));
export const forgetAbout = (about: string): void => void (notes.value = notes.peek().filter((note) => note.about !== about));
