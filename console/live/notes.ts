// Quiet lines at the foot of the desk: what just happened, in words; they leave by themselves.
import { signal } from "@preact/signals";

export interface Note { id: number; text: string; tone: "plain" | "good" | "bad" }
const STAY_MS = 8_000;
let next = 1;

export const notes = signal<Note[]>([]);
export function say(text: string, tone: Note["tone"] = "plain"): void {
  if (notes.peek().some((note) => note.text === text)) return;
  const note = { id: next++, text, tone };
  notes.value = [...notes.peek(), note].slice(-3);
  setTimeout(() => dismiss(note.id), STAY_MS);
}
export const dismiss = (id: number): void => void (notes.value = notes.peek().filter((note) => note.id !== id));
