// A colleague as an administrator is writing them, and what of that is new. Pure.
import { faults, isZone, toDraft as hoursDraft, toHours, type Draft as HoursDraft } from "../../state/hours";
import type { Expert, Role, TopicLevel } from "../../wire";

export interface Draft {
  name: string; email: string; role: Role; sites: string[]; languages: string[]; topics: Required<TopicLevel>[];
  capacity: string; breath: string; hours: HoursDraft; password: string;
}
export type Field = "name" | "email" | "password" | "capacity" | "breath_seconds" | "languages" | "sites" | "topics" | "hours";

const PASSWORD = 8;
export const CAPACITY = [1, 100] as const, BREATH = [0, 600] as const;

/** `sites`: those of a new colleague; `zone`: where the reader is. */
export const blank = (sites: string[], languages: string[], zone: string): Draft => ({
  name: "", email: "", role: "expert", sites, languages, topics: [], capacity: "4", breath: "0", hours: hoursDraft(null, zone), password: "",
});
export const fromExpert = (one: Expert, zone: string): Draft => ({
  name: one.name, email: one.email, role: one.role, sites: [...one.sites].sort(), languages: one.languages,
  topics: one.topics.map(({ path, level = 3 }) => ({ path, level })), capacity: String(one.capacity), breath: String(one.breath_seconds),
  hours: hoursDraft(one.hours, zone), password: "",
});

const whole = (typed: string, [low, high]: readonly [number, number]): number | null =>
  /^\d{1,4}$/.test(typed.trim()) && Number(typed) >= low && Number(typed) <= high ? Number(typed) : null;

/** Fields that cannot be saved as they are. A new colleague needs a password; somebody who never rings, no places. */
export function wrong(draft: Draft, isNew: boolean): Set<Field> {
  const found = new Set<Field>();
  if (!draft.name.trim()) found.add("name");
  if (!/^[^@\s]+@[^@\s]+$/.test(draft.email.trim())) found.add("email");
  if (draft.password.length < PASSWORD && (isNew || draft.password.length > 0)) found.add("password");
  if (draft.role === "expert" && whole(draft.capacity, CAPACITY) === null) found.add("capacity");
  if (whole(draft.breath, BREATH) === null) found.add("breath_seconds");
  if (!draft.hours.always && (!isZone(draft.hours.zone) || faults(draft.hours.week).size > 0)) found.add("hours");
  return found;
}

/** Places that this colleague knows and none of the others does; knowing a place is knowing what lies below it. */
export const knownAlone = (one: Expert, others: readonly Expert[]): string[][] => {
  const known = others.filter(({ id, active }) => active && id !== one.id).flatMap(({ topics }) => topics.map(({ path }) => path));
  return one.topics.map(({ path }) => path).filter((path) => !known.some((above) => above.length <= path.length && above.every((name, at) => name === path[at])));
};

/** All of it, for a new colleague. */
export function toWrite(draft: Draft): Record<string, unknown> {
  const capacity = whole(draft.capacity, CAPACITY);
  return {
    name: draft.name.trim(), email: draft.email.trim(), role: draft.role, sites: draft.sites, languages: draft.languages, topics: draft.topics,
    ...(capacity === null ? {} : { capacity }), breath_seconds: whole(draft.breath, BREATH) ?? 0, hours: toHours(draft.hours),
    ...(draft.password ? { password: draft.password } : {}),
  };
}
/** What differs from before. */
export function toPatch(draft: Draft, before: Draft): Record<string, unknown> {
  const old = toWrite(before);
  return Object.fromEntries(Object.entries(toWrite(draft)).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name])));
}
/** The field that a refusal speaks of: "A field … (hours.week.1: overlap)". */
export function refusedField(code: string, detail: string | undefined): Field | null {
  if (code === "exists") return "email";
  const hint = /\(([a-z_]+)[^)]*\)\s*$/.exec(detail ?? "")?.[1];
  return (["name", "email", "password", "capacity", "breath_seconds", "languages", "sites", "topics", "hours"] as const).find((one) => one === hint) ?? null;
}
