// The console's service worker: shows what it is called for while no desk is open, and leads back to the desk. It keeps
// nothing, fetches nothing and stands between no page and the server. Built on its own, without a single import.

/** As the server writes it (service/outgoing/pusher.py). `to`: where a click leads, behind "#/desk/". */
interface Call { kind: "bell" | "missed" | "message" | "callback" | "try"; title: string; body: string; tag: string; to: string }
interface Awaitable extends Event { waitUntil(done: Promise<unknown>): void }
interface PushEvent extends Awaitable { data: { json(): unknown } | null }
interface ClickEvent extends Awaitable { notification: Notification }
interface WindowClient { url: string; focused: boolean; visibilityState: string; focus(): Promise<unknown>; postMessage(message: unknown): void }
interface Worker {
  registration: { scope: string; showNotification(title: string, options: NotificationOptions & { renotify?: boolean }): Promise<void> };
  clients: { matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<WindowClient[]>; openWindow(url: string): Promise<unknown>; claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(name: "push", does: (event: PushEvent) => void): void;
  addEventListener(name: "notificationclick", does: (event: ClickEvent) => void): void;
  addEventListener(name: "install" | "activate", does: (event: Awaitable) => void): void;
}
const worker = globalThis as unknown as Worker;

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("push", (event) => event.waitUntil(show(read(event))));
worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { to } = (event.notification.data ?? {}) as { to?: string };
  event.waitUntil(lead(to ?? ""));
});

/** What came; a line of its own where it cannot be read, because the browser wants to see one. */
function read(event: PushEvent): Call {
  try {
    const { kind, title, body, tag, to } = event.data?.json() as Call;
    if (typeof title === "string" && title) return { kind, title, body: String(body ?? ""), tag: String(tag ?? ""), to: String(to ?? "") };
  } catch {
    // Not ours, or of another time.
  }
  return { kind: "bell", title: "Shopbell", body: "", tag: "unread", to: "" };
}

async function show(call: Call): Promise<void> {
  // Whoever has just come back to the desk sees and hears it there.
  if (call.kind !== "try" && (await desks()).some((desk) => desk.focused)) return;
  await worker.registration.showNotification(call.title, {
    body: call.body,
    tag: call.tag,
    renotify: call.tag !== "" && call.kind !== "missed",
    silent: call.kind === "missed",
    icon: `${worker.registration.scope}bell-ringing.svg`,
    requireInteraction: call.kind === "callback",
    data: { to: call.to },
  });
}

/** To the desk that is open, else to a new one, at what this was about. */
async function lead(to: string): Promise<void> {
  const open = await desks();
  const desk = open.find((one) => one.visibilityState === "visible") ?? open[0];
  if (!desk) {
    await worker.clients.openWindow(`${worker.registration.scope}#/desk${to ? `/${to}` : ""}`);
    return;
  }
  desk.postMessage({ shopbell: "open", to });
  await desk.focus();
}

async function desks(): Promise<WindowClient[]> {
  const all = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.filter((one) => one.url.startsWith(worker.registration.scope));
}

export {};
