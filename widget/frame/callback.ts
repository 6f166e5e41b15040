// To be called back, or written to: the times that are free, what was asked for, how it stands.

import { signal } from "@preact/signals";
import type { CallbackShown, Slot } from "../wire";
import { recall, remember } from "./memory";
import { go } from "./screen";
import { command, type Heard, Refused } from "./line";
import { openPanel } from "./talk";

export interface Wish {
  /** Sent with every try: it is agreed once, however often we ask. */
  client_id: string;
  channel: "call" | "write";
  phone: string;
  /** RFC 3339; "" for the next free time. */
  when: string;
  topic: string;
}

const fresh = (): Wish => ({ client_id: crypto.randomUUID(), channel: "call", phone: "", when: "", topic: "" });

/** So many times are offered at first: the button that asks stands below them. */
const FIRST = 3;

/** The times that are shown before somebody wants more of them; the chosen one among them. */
export const first = (all: Slot[], chosen: string): Slot[] =>
  all.length <= FIRST + 1 ? all : all.filter(({ at }, i) => i < FIRST || at === chosen);

/** Half filled in it survives a reload. */
export const wish = signal<Wish>({ ...fresh(), ...recall<Wish>("callback") });
/** null: not known yet. */
export const slots = signal<Slot[] | null>(null);
/** What was promised, as the server has it. */
export const agreed = signal<CallbackShown | null>(null);

export function change(changed: Partial<Wish>): void {
  wish.value = { ...wish.value, ...changed };
  remember("callback", wish.value);
}

/** Opens the form; `when`: a time that was chosen already. */
export function show(when?: string): void {
  if (when) change({ when });
  openPanel();
  go({ name: "callback" });
}

/** Throws what `command` throws. */
export async function askSlots(): Promise<void> {
  slots.value = (await command("callback.slots", { topic: "" })).slots;
  if (!slots.value.some(({ at }) => at === wish.value.when)) change({ when: slots.value[0]?.at ?? "" });
}

/** What is wrong with a number before it is worth asking. Digits with spaces, brackets, hyphens and one plus. */
export const badPhone = (phone: string): boolean =>
  !/^\s*\+?[\d\s().\/-]+$/.test(phone) || phone.replace(/\D/g, "").length < 5 || phone.replace(/\D/g, "").length > 15;

/** Whether the server's "no" is about the number. */
export const aboutPhone = (code: string): boolean =>
  ["bad_contact", "number_refused", "phone_country", "phone_extension"].includes(code);

/** Throws what `command` throws. A time that somebody else took meanwhile is taken out of the list. */
export async function request(): Promise<void> {
  const { client_id, channel, phone, when, topic } = wish.value;
  try {
    const answer = await command("callback.request", { client_id, channel, phone: channel === "call" ? phone : "", when, topic });
    agreed.value = { ...answer, channel, state: "open" };
    // What it is about stays, for whoever changes what was agreed.
    change({ client_id: crypto.randomUUID(), when: "" });
  } catch (problem) {
    if (problem instanceof Refused && problem.refusal.code === "no_such_slot") await askSlots().catch(() => {});
    throw problem;
  }
}

/** Nobody shall call or write. Throws what `command` throws; what is over meanwhile says so itself. */
export async function cancel(): Promise<void> {
  const promise = agreed.value!;
  await command("callback.cancel", { callback: promise.callback });
  heed({ ...promise, state: "cancelled" });
}

/** What is over takes nothing away from another promise that holds. */
function heed(shown: CallbackShown): void {
  const now = agreed.value;
  if (shown.state === "open" || now?.state !== "open" || now.callback === shown.callback) agreed.value = shown;
}

export const events: Heard = { "callback.updated": heed };
