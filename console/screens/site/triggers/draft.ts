// A trigger while somebody writes it: everything has a value, nothing is checked but what the shapes themselves ask.
import { t, type Key } from "../../../text/text";
import type { Condition, Finding, Trigger, TriggerWrite, When } from "../../../wire";

export type Group = "all" | "any" | "none";
export const GROUPS: readonly Group[] = ["all", "any", "none"];
export type Kind = Condition["kind"];
export type Conditions = Record<Group, Condition[]>;
type Full<T> = { [K in keyof T]-?: Exclude<T[K], undefined> };
export type Caps = Full<NonNullable<TriggerWrite["caps"]>>;
export type Content = Full<NonNullable<TriggerWrite["content"]>>;
export type ActionName = Trigger["action"];
export interface Draft {
  name: string; conditions: Conditions; action: ActionName; content: Content; caps: Caps;
  quiet: { from: string; to: string } | null; hold_out: number; active: boolean;
}

export const conditionsOf = ({ all = [], any = [], none = [] }: When): Conditions => ({ all, any, none });
export const blank = (): Draft => fromTrigger({ name: "", conditions: {}, action: "alert", content: {}, caps: {}, quiet: null, hold_out: 0, active: false });
export function fromTrigger(one: Pick<Trigger, "name" | "conditions" | "action" | "content" | "caps" | "quiet" | "hold_out" | "active">): Draft {
  const { text = "", title = "", url = "", products = [], price = null, hours = 24 } = one.content;
  const { visit = 1, visitor = null, day = null } = one.caps;
  return {
    name: one.name, conditions: conditionsOf(one.conditions), action: one.action, active: one.active, hold_out: one.hold_out,
    content: { text, title, url, products, price, hours }, caps: { visit, visitor, day }, quiet: one.quiet ?? null,
  };
}

/** What each action says or shows; the rest of what was written is not sent. */
const SAYS: Record<ActionName, readonly (keyof Content)[]> = {
  alert: [], invite: ["text"], information: ["title", "url", "text"], offer: ["products", "price", "text", "hours"], order_form: ["products"], nothing: [],
};
export function toWrite(draft: Draft, site: string): TriggerWrite {
  const said = SAYS[draft.action];
  const content = Object.fromEntries(Object.entries(draft.content).filter(([name]) => said.includes(name as keyof Content)));
  return { ...draft, site, name: draft.name.trim(), content: content as TriggerWrite["content"], conditions: trimmed(draft.conditions) };
}
/** Groups without a condition are left out. */
export const trimmed = (conditions: Conditions): When => Object.fromEntries(GROUPS.filter((group) => conditions[group].length > 0).map((group) => [group, conditions[group]]));

/** What a condition is when it has just been added: a sensible beginning, or a hole that has to be filled. */
const FRESH: { [K in Kind]: Extract<Condition, { kind: K }> } = {
  branch: { kind: "branch", below: [], depth: 3, dwell: 15 },
  pages: { kind: "pages", at_least: 3, at_most: null },
  visit_number: { kind: "visit_number", at_least: 2, at_most: null },
  days_since: { kind: "days_since", at_least: 30, at_most: null },
  orders: { kind: "orders", at_least: 1, at_most: null },
  cart: { kind: "cart", at_least: 5000, at_most: null },
  returning: { kind: "returning", is: true },
  known: { kind: "known", is: true },
  available: { kind: "available", is: true },
  tier: { kind: "tier", tiers: ["gold"] },
  source: { kind: "source", channels: ["search"], names: [], campaigns: [] },
  device: { kind: "device", devices: ["pc"] },
  language: { kind: "language", languages: ["en"] },
  hours: { kind: "hours", from: "09:00", to: "18:00", days: [] },
  event: { kind: "event", name: "", times: 1, within: 0 },
  segment: { kind: "segment", segment: "" },
};
export const fresh = (kind: Kind): Condition => structuredClone(FRESH[kind]);
/** All kinds, by what somebody thinks of first. */
export const KINDS: Record<"visit" | "who" | "from" | "now", readonly Kind[]> = {
  visit: ["branch", "pages", "event", "cart"],
  who: ["known", "returning", "visit_number", "days_since", "orders", "tier", "segment"],
  from: ["source", "device", "language"],
  now: ["hours", "available"],
};

/** The code of our own finding: a hole that was not filled yet. */
export const MISSING = "missing";
/** The server's findings that say the same of what the action shows: words and products that were not written yet. */
const UNWRITTEN = ["no_text", "no_title", "no_information", "not_one", "no_products"];
/** Something is not there yet: no fault, and no reason not to try the conditions. */
export const isMissing = ({ code }: Finding): boolean => code === MISSING || UNWRITTEN.includes(code);
/** The action lacks its words: that hinders saving, not looking whom the trigger would have met. */
export const hindersTrying = (one: Finding): boolean => one.level === "error" && !UNWRITTEN.includes(one.code);
const missing = (where: string, key: Key): Finding => ({ level: "error", code: MISSING, sentence: t(key), where });
/** What cannot even be asked about, because a hole is empty: said here, at once, without the server. */
export function holes(conditions: Conditions): Finding[] {
  return GROUPS.flatMap((group) => conditions[group].flatMap((one, at) => {
    const key = hole(one);
    return key ? [missing(`conditions.${group}.${at}`, key)] : [];
  }));
}
function hole(one: Condition): Key | null {
  if (one.kind === "event") return one.name.trim() ? null : "lacks.event";
  if (one.kind === "tier") return one.tiers.length ? null : "lacks.tier";
  if (one.kind === "device") return one.devices.length ? null : "lacks.device";
  if (one.kind === "language") return one.languages.length ? null : "lacks.language";
  if (one.kind === "segment") return one.segment ? null : "lacks.segment";
  return null;
}

/** Without any condition it would be for everybody. */
export const nobody = (conditions: Conditions): Finding[] =>
  GROUPS.some((group) => conditions[group].length > 0) ? [] : [missing("conditions.all", "lacks.condition")];

/** Findings about this place; `within`: also about what lies in it. */
export const about = (findings: readonly Finding[], where: string, within = false): Finding[] =>
  findings.filter((one) => one.where === where || (within && one.where.startsWith(`${where}.`)));
