// Being called while no desk is open: this browser's subscription, and why there is none. The one thing here that needs
// the internet: the browser's maker carries the call, encrypted, and the server has to reach them.
import { effect, signal } from "@preact/signals";
import { language } from "../text/text";
import type { Push, PushDevice, PushTried } from "../wire";
import { desktopNow, desktop } from "./bell";
import { codeOf, detailOf, http } from "./http";
import { select } from "./selection";
import { desk } from "./value";

/** `off`: it could be switched on. */
export type PushState = "unknown" | "insecure" | "missing" | "denied" | "off" | "on";
/** What went wrong last: the browser could not subscribe, the server could not call (its word), or a refusal. */
export type Trouble = { at: "browser" } | { at: "server"; why: string } | { at: "refused"; code: string } | null;
export interface PushChoices { away: boolean; details: boolean }

export const pushState = signal<PushState>("unknown");
export const pushDevice = signal<PushDevice | null>(null);
export const pushChoices = signal<PushChoices>({ away: false, details: false });
export const pushTrouble = signal<Trouble>(null);
export const pushBusy = signal(false);

const WORKER = "/console/push.js";
const SCOPE = "/console/";
const REMEMBERED = "shopbell.push";
const DENIED = "NotAllowedError";
let whose = "";

interface Policies { createPolicy(name: string, rules: { createScriptURL(text: string): string }): { createScriptURL(text: string): string } }
/** The one script that the console's policy lets become a worker. */
const policy = (globalThis as unknown as { trustedTypes?: Policies }).trustedTypes?.createPolicy("shopbell-worker", {
  createScriptURL: () => WORKER,
});

function possible(): PushState {
  if (!globalThis.isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator) || !("PushManager" in globalThis) || !("Notification" in globalThis)) return "missing";
  return Notification.permission === "denied" ? "denied" : "off";
}

/** Whose browser this is from now on. What was switched on here by them holds on; a colleague's ends. */
export async function pushOf(account: string): Promise<void> {
  whose = account;
  pushTrouble.value = null;
  pushDevice.value = null;
  pushState.value = possible();
  if (pushState.value !== "off") return;
  const kept = remembered(account);
  pushChoices.value = kept ?? { away: false, details: false };
  try {
    const registration = await navigator.serviceWorker.getRegistration(SCOPE);
    if (kept && Notification.permission === "granted") await subscribe();
    else await (await registration?.pushManager.getSubscription())?.unsubscribe();
  } catch (error) {
    blame(error);
  }
}

/** Asks for permission where it has to, subscribes, and tries it out. */
export async function switchOn(): Promise<void> {
  await busy(async () => {
    if ((await Notification.requestPermission()) !== "granted") {
      desktop.value = desktopNow();
      pushState.value = possible();
      return;
    }
    desktop.value = desktopNow();
    await subscribe();
    remember(pushChoices.peek());
    await tryNow();
  });
}
export async function switchOff(): Promise<void> {
  await busy(async () => {
    const device = pushDevice.peek();
    forget(whose);
    pushDevice.value = null;
    pushState.value = possible();
    await drop();
    if (device) await http("DELETE", `/api/push/${device.id}`);
  });
}
export async function choosePush(some: Partial<PushChoices>): Promise<void> {
  pushChoices.value = { ...pushChoices.peek(), ...some };
  if (pushState.peek() !== "on") return;
  remember(pushChoices.peek());
  await busy(subscribe);
}
export async function tryPush(): Promise<void> {
  await busy(tryNow);
}
/** Before signing out: this browser is nobody's. It must not keep anybody from leaving. */
export async function leavePush(): Promise<void> {
  if (!whose) return;
  forget(whose);
  whose = "";
  pushDevice.value = null;
  pushState.value = "unknown";
  await Promise.race([drop(), new Promise((done) => setTimeout(done, 1_000))]).catch(() => undefined);
}

async function subscribe(): Promise<void> {
  const mine = whose;
  const registration = await navigator.serviceWorker.register(policy?.createScriptURL(WORKER) ?? WORKER, { scope: SCOPE });
  await ready(registration);
  const { key } = await http<Push>("GET", "/api/push");
  let held = await registration.pushManager.getSubscription();
  if (held && asText(held.options.applicationServerKey) !== key) {
    await held.unsubscribe();
    held = null;
  }
  held ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = held.toJSON();
  const device = await http<PushDevice>("POST", "/api/push", { endpoint, keys, language: language.value, ...pushChoices.peek() });
  if (mine !== whose) return;
  pushDevice.value = device;
  pushState.value = "on";
}

async function tryNow(): Promise<void> {
  const device = pushDevice.peek();
  if (!device) return;
  const { error } = await http<PushTried>("POST", `/api/push/${device.id}/try`);
  pushTrouble.value = error ? { at: "server", why: error } : null;
}

async function busy(does: () => Promise<void>): Promise<void> {
  if (pushBusy.peek()) return;
  pushBusy.value = true;
  pushTrouble.value = null;
  try {
    await does();
  } catch (error) {
    blame(error);
  } finally {
    pushBusy.value = false;
  }
}
function blame(error: unknown): void {
  if (error instanceof DOMException) {
    if (error.name === DENIED) pushState.value = "denied";
    else pushTrouble.value = { at: "browser" };
    return;
  }
  const code = codeOf(error);
  const said = /\((\w+)\)$/.exec(detailOf(error) ?? "")?.[1];
  pushTrouble.value = code === "bad_receiver" && said ? { at: "server", why: said } : { at: "refused", code };
}
async function drop(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
}
/** Until the worker runs: a subscription wants an active one. */
async function ready(registration: ServiceWorkerRegistration): Promise<void> {
  const coming = registration.active ? null : (registration.installing ?? registration.waiting);
  if (!coming) return;
  await new Promise<void>((done) => {
    const look = () => { if (coming.state === "activated" || coming.state === "redundant") done(); };
    coming.addEventListener("statechange", look);
    look();
  });
}
function asText(key: ArrayBuffer | null): string {
  const bytes = String.fromCharCode(...new Uint8Array(key ?? new ArrayBuffer(0)));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// What was switched on here, by whom: theirs alone, on this machine.
function remember(chosen: PushChoices): void {
  try {
    localStorage.setItem(`${REMEMBERED}.${whose}`, JSON.stringify(chosen));
  } catch {
    // It holds until the page is left; the next sign-in asks again.
  }
}
function forget(account: string): void {
  try {
    localStorage.removeItem(`${REMEMBERED}.${account}`);
  } catch {
    // Nothing was kept.
  }
}
function remembered(account: string): PushChoices | null {
  try {
    const kept = JSON.parse(localStorage.getItem(`${REMEMBERED}.${account}`) ?? "null") as Partial<PushChoices> | null;
    return kept && { away: kept.away === true, details: kept.details === true };
  } catch {
    return null;
  }
}

// --- what a click on a notification leads to ---------------------------------------------------------------------------

const wanted = signal("");
/** Listens for clicks on notifications, and reads where a new window was sent; call once. */
export function startPush(): void {
  const sent = /^#\/desk\/((?:alert|conversation)\/.+)$/.exec(location.hash)?.[1];
  if (sent) wanted.value = sent;
  navigator.serviceWorker?.addEventListener("message", (event: MessageEvent<unknown>) => {
    const said = event.data as { shopbell?: unknown; to?: unknown } | null;
    if (said?.shopbell === "open" && typeof said.to === "string") lead(said.to);
  });
  effect(() => {
    if (!wanted.value || !desk.value) return;
    const [kind, id = "", visit = ""] = wanted.value.split("/");
    wanted.value = "";
    const here = kind !== "alert" || desk.value.alerts.some((one) => one.id === id);
    if (here && id) select(kind === "alert" ? "alert" : "conversation", id, "talk");
    else if (visit) select("visit", visit, "talk");
  });
}
export function lead(to: string): void {
  location.hash = "#/desk";
  wanted.value = to;
}
