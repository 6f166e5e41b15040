// One heartbeat for all countdowns: `now` in ms by the server's clock, once a second.
import { signal } from "@preact/signals";
import { serverNow } from "./http";

export const now = signal(serverNow());
setInterval(() => (now.value = serverNow()), 1000);
