// Of several order forms in one conversation only one is open: the one that the person fills in, else the newest.

import { computed, signal } from "@preact/signals";
import { placed } from "./cards";
import { thread } from "./talk";

/** The one that they went to; "" for none. */
const taken = signal("");

export const openForm = computed(() => {
  const forms = thread.value.messages.flatMap(({ kind, data }) => (kind === "order_form" && data ? [data as { form: string; state?: string }] : []));
  const open = forms.filter(({ form, state }) => state !== "ordered" && !placed.value[form]).map(({ form }) => form);
  return open.includes(taken.value) ? taken.value : (open.at(-1) ?? "");
});

export const take = (form: string): void => void (taken.value = form);
/** What comes next is what they want: they have just accepted an offer. */
export const leave = (): void => take("");
