// What the person at the desk looks at: an alert, a conversation or somebody on the site. Remembered in the address.
import { signal } from "@preact/signals";
import { byUrgency, sortConversations } from "../state/desk";
import type { Alert, Conversation } from "../wire";

export type Selection = { kind: "alert" | "conversation" | "visit"; id: string } | null;
export const selection = signal<Selection>(null);
/** On a phone one column shows at a time. */
export type Column = "list" | "talk" | "person";
export const column = signal<Column>("list");

/** The bells in the order in which they stand on the screen, for the keys that go from one to the next. */
export const shownBells: { ids: readonly string[] } = { ids: [] };

/** Set when the person's act leads to writing: the composer takes the focus once, when it appears. */
export const writeNext = { wanted: false };

export function select(kind: NonNullable<Selection>["kind"], id: string, show?: Column): void {
  selection.value = { kind, id };
  if (show) column.value = show;
}
/** After loading: the talk that runs, else the most urgent bell, else nothing. */
export function selectFirst(alerts: readonly Alert[], conversations: readonly Conversation[]): void {
  const { open } = sortConversations(conversations.filter((one) => one.expert !== null));
  const alert = byUrgency(alerts)[0];
  if (alert) selection.value = { kind: "alert", id: alert.id };
  else if (open[0]) selection.value = { kind: "conversation", id: open[0].id };
}
