// What was promised to visitors: to call, or to write. The server's list on every connection, its events in between.
import { computed, signal } from "@preact/signals";
import { byTime, isMine, replaced } from "../state/callbacks";
import { timeOfDay } from "../text/format";
import { whoIs } from "../text/names";
import { errorText, t, tn } from "../text/text";
import type { Callback, CallbacksCleared } from "../wire";
import { tick } from "./bell";
import { codeOf, http, list } from "./http";
import { ask } from "./line";
import { say } from "./notes";
import { desk } from "./value";

const MOST = 200;
const all = signal<readonly Callback[]>([]);
const me = computed(() => desk.value?.me.id ?? "");
/** One's own and nobody's, whose time comes first, those that were missed by themselves among them; and colleagues'. */
export const promises = computed(() => byTime(all.value).filter((one) => isMine(one, me.value)));
export const theirs = computed(() => byTime(all.value).filter((one) => !isMine(one, me.value) && one.state === "open"));

export function askCallbacks(): void {
  Promise.all([list<Callback>("/api/callbacks", { state: "open" }, MOST), list<Callback>("/api/callbacks", { state: "missed", owner: me.peek() }, MOST)]).then(
    ([open, missed]) => (all.value = [...open, ...missed]), () => undefined);
}
export function receiveCallback(one: Callback): void {
  const before = all.peek().find((each) => each.id === one.id);
  all.value = replaced(all.peek(), one);
  if (!isMine(one, me.peek())) return;
  if (one.state === "cancelled" && before?.state === "open") return say(t("callbacks.cancelled", { who: whoIs(one), at: timeOfDay(one.at) }));
  if (one.state !== "open") return;
  const key = !before || before.owner?.id !== one.owner?.id ? "callbacks.new" : one.reminded_at && !before.reminded_at ? "callbacks.reminder" : null;
  if (!key) return;
  say(t(key, { who: whoIs(one), at: timeOfDay(one.at) }));
  tick();
}
/** Says what became of it; the event of the server puts it where it belongs. */
export const settle = (one: Callback, what: "done" | "missed", note: string) => ask(`callback.${what}`, { callback: one.id, note });
/** A prank: everything open that strangers from the same network asked for is missed. Each is told by an event. */
export async function clearLike(one: Callback): Promise<void> {
  try {
    const { cleared } = await http<CallbacksCleared>("DELETE", `/api/callbacks?like=${one.id}`);
    say(tn("callbacks.cleared", cleared), "good");
  } catch (error) {
    say(errorText(codeOf(error)), "bad");
  }
}
