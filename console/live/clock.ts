// One heartbeat for all countdowns: `now` in ms by the server's clock, once a second.
import { computed, signal } from "@preact/signals";
import { serverNow } from "./http";

export const now = signal(serverNow());
setInterval(() => (now.value = serverNow()), 1000);
/** Midnight of the day that it is here, in ms: what names days is drawn anew once a day. */
export const today = computed(() => new Date(now.value).setHours(0, 0, 0, 0));
