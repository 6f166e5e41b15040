// Who sits here. Signing in is HTTP; going online is an act of its own that the desk does once it hears.
import { computed, signal } from "@preact/signals";
import type { Me, Status } from "../wire";
import { http, Problem, whenSignedOut } from "./http";
import { leavePush } from "./push";

export type Session = { state: "unknown"; away: boolean } | { state: "out"; ended: boolean } | { state: "in"; me: Me };
export const session = signal<Session>({ state: "unknown", away: false });
export const me = computed(() => (session.value.state === "in" ? session.value.me : null));
const AGAIN_MS = 2_000;
/** What the person chose on signing in; the desk sends it after its first connection. */
export const wish = signal<Status | null>(null);

whenSignedOut(() => {
  if (session.value.state === "in") session.value = { state: "out", ended: true };
});

export async function restore(): Promise<void> {
  try {
    const { me: seated } = await http<{ me: Me | null }>("GET", "/api/session/here");
    session.value = seated ? { state: "in", me: seated } : { state: "out", ended: false };
  } catch (error) {
    if (error instanceof Problem && (error.code === "offline" || error.status >= 500)) {
      // The server is away, which says nothing about who we are: ask again.
      session.value = { state: "unknown", away: true };
      setTimeout(() => void restore(), AGAIN_MS);
    } else {
      session.value = { state: "out", ended: false };
    }
  }
}
export async function signIn(email: string, password: string, status: Status | null): Promise<void> {
  const answer = await http<{ me: Me }>("POST", "/api/session", { email, password });
  // Somebody with no place for conversations has no presence to choose.
  wish.value = answer.me.capacity > 0 ? status : null;
  session.value = { state: "in", me: answer.me };
}
export async function signOut(): Promise<void> {
  await leavePush();
  await http("DELETE", "/api/session").catch(() => undefined);
  session.value = { state: "out", ended: false };
}
export const answersPeople = (role: Me["role"]): boolean => role === "expert" || role === "admin";
/** Bells ring at experts alone; an administrator answers in conversations, and has no presence. */
export const isRung = (role: Me["role"]): boolean => role === "expert";
export const readsReports = (role: Me["role"]): boolean => role === "marketer" || role === "admin";
