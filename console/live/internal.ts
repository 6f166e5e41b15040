// Notes of the house inside a conversation: only colleagues see them. They stand after the message they were written
// after, and come again as often as somebody asks.
import { signal } from "@preact/signals";
import type { Note } from "../wire";
import { list } from "./http";

const MOST = 500;
const NONE: readonly Note[] = [];
export const notesByTalk = signal<ReadonlyMap<string, readonly Note[]>>(new Map());
export const notesOf = (conversation: string): readonly Note[] => notesByTalk.value.get(conversation) ?? NONE;

export function addNote(note: Note): void {
  put(note.conversation, [...(notesByTalk.peek().get(note.conversation) ?? NONE), note]);
}
export async function loadNotes(conversation: string): Promise<void> {
  const found = await list<Note>(`/api/conversations/${conversation}/notes`, {}, MOST).catch(() => null);
  if (found) put(conversation, [...(notesByTalk.peek().get(conversation) ?? NONE), ...found]);
}
/** Each once, in the order in which they were written; the server's word replaces our own. */
function put(conversation: string, all: readonly Note[]): void {
  const once = [...new Map(all.map((one) => [one.id, { ...one, conversation }])).values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  notesByTalk.value = new Map(notesByTalk.peek()).set(conversation, once);
}
