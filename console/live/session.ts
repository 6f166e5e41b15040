// Who sits here. Signing in is HTTP; going online is an act of its own that the desk does once it hears.
import { computed, signal } from "@preact/signals";
import type { Me, Status } from "../wire";
import { http, whenSignedOut } from "./http";

export type Session = { state: "unknown" } | { state: "out"; ended: boolean } | { state: "in"; me: Me };
export const session = signal<Session>({ state: "unknown" });
export const me = computed(() => (session.value.state === "in" ? session.value.me : null));
/** What the person chose on signing in; the desk sends it after its first connection. */
export const wish = signal<Status | null>(null);

whenSignedOut(() => {
  if (session.value.state === "in") session.value = { state: "out", ended: true };
});

export async function restore(): Promise<void> {
  try {
    const answer = await http<{ me: Me }>("GET", "/api/session");
    session.value = { state: "in", me: answer.me };
  } catch {
    session.value = { state: "out", ended: false };
  }
}
export async function signIn(email: string, password: string, status: Status | null): Promise<void> {
  const answer = await http<{ me: Me }>("POST", "/api/session", { email, password });
  wish.value = status;
  session.value = { state: "in", me: answer.me };
}
export async function signOut(): Promise<void> {
  await http("DELETE", "/api/session").catch(() => undefined);
  session.value = { state: "out", ended: false };
}
export const answersPeople = (role: Me["role"]): boolean => role === "expert" || role === "admin";
export const readsReports = (role: Me["role"]): boolean => role === "marketer" || role === "admin";
