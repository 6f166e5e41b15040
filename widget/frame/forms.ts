// Of the order forms of one conversation only the newest is open; those before it were ordered from, or replaced.

import { computed } from "@preact/signals";
import { thread } from "./talk";

export const newestForm = computed(() => {
  const last = thread.value.messages.findLast(({ kind, data }) => kind === "order_form" && data);
  return (last?.data as { form?: string } | undefined)?.form ?? "";
});
