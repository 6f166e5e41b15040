// A rule as one sentence that a person can read aloud. The editor shows the same clauses with controls in their holes.
import { money, number, percent } from "../../../text/format";
import { SEPARATOR } from "../../../text/names";
import { language, t, tn, word, type Key } from "../../../text/text";
import type { Condition, Rule, When } from "../../../wire";

/** What ids are called; an id whose name is not here (yet) is shown as it is. `currency`: of the site. */
export interface Names { segments: ReadonlyMap<string, string>; products: ReadonlyMap<string, string>; currency: string }
export const NO_NAMES: Names = { segments: new Map(), products: new Map(), currency: "EUR" };
type Of<K extends Condition["kind"]> = Extract<Condition, { kind: K }>;
type Between = { at_least?: number | null; at_most?: number | null };

const list = (type: "conjunction" | "disjunction", parts: readonly string[]): string =>
  new Intl.ListFormat(language.value, { type }).format(parts);
export const either = (parts: readonly string[]): string => list("disjunction", parts);
export const quoted = (text: string): string => t("rule.quoted", { text });

/** "When a known customer comes back, ring the right expert, at each arrival." */
export function sentence(rule: Rule, names: Names = NO_NAMES): string {
  return t("rule.sentence", { when: whenText(rule.conditions, names), then: thenText(rule, names), how: thenHow(rule).map((part) => `, ${part}`).join("") });
}

/** "a known customer comes back, unless the visitor is on a phone" */
export function whenText(when: When, names: Names = NO_NAMES): string {
  const known = (when.all ?? []).find((one) => one.kind === "known");
  const any = when.any ?? [];
  const all = [...(when.all ?? []).filter((one) => one !== known), ...(any.length === 1 ? any : [])];
  const says = (these: readonly Condition[]) => these.map((one) => clause(one, names));
  const some = any.length > 1 ? either(says(any)) : "";
  const sure = list("conjunction", says(all));
  const does = some && sure ? t("rule.and_either", { all: sure, any: some }) : sure || some || t("rule.here");
  const who = t(!known ? "rule.who.visitor" : known.is === false ? "rule.who.stranger" : "rule.who.customer");
  const text = t("rule.does", { who, does });
  return when.none?.length ? t("rule.unless", { does: text, none: either(says(when.none)) }) : text;
}

/** "ring the right expert", "invite them to a chat: “May I help?”" */
export function thenText({ action, content }: Pick<Rule, "action" | "content">, names: Names = NO_NAMES): string {
  const products = (content?.products ?? []).map((id) => quoted(names.products.get(id) ?? id));
  const price = content?.price == null ? "" : t("rule.for_price", { price: money({ amount: content.price, currency: names.currency }) });
  const what = action === "invite" ? content?.text && quoted(content.text) : action === "information" ? content?.title && quoted(content.title) : list("conjunction", products);
  const does = word("rule.then", action ?? "alert");
  return action === "alert" || action === "nothing" || !what ? does : t("rule.then_what", { does, what: what + (action === "offer" ? price : "") });
}

/** How often and when not: "once per visit", "never between 22:00 and 07:00". */
export function thenHow({ caps, quiet, hold_out }: Pick<Rule, "caps" | "quiet" | "hold_out">): string[] {
  const { visit = 1, visitor = null, day = null } = caps ?? {};
  const parts = [visit === null ? t("rule.each_arrival") : visitor === 1 ? "" : times("rule.per_visit", visit)];
  if (visitor !== null) parts.push(times("rule.per_visitor", visitor));
  if (day !== null) parts.push(times("rule.per_day", day));
  if (quiet) parts.push(t("rule.quiet", { from: quiet.from, to: quiet.to }));
  if (hold_out) parts.push(t("rule.hold_out", { share: percent(hold_out / 100) }));
  return parts.filter(Boolean);
}

/** What one condition says of a visitor: "has viewed at least 3 pages". One that this console does not know, as it is. */
export function clause(one: Condition, names: Names = NO_NAMES): string {
  const says = CLAUSES[one.kind] as ((one: Condition, names: Names) => string) | undefined;
  return says ? says(one, names) : JSON.stringify(one);
}
const CLAUSES: { [K in Condition["kind"]]: (one: Of<K>, names: Names) => string } = {
  branch: branchText,
  pages: (one) => counted("rule.pages", one),
  visit_number: (one) => (one.at_most === 1 ? t("rule.visit_first") : counted("rule.visit_number", one)),
  days_since: (one) => counted("rule.days_since", one),
  orders: (one) => (one.at_most === 0 ? t("rule.orders_never") : one.at_least === 1 && one.at_most == null ? t("rule.orders_some") : counted("rule.orders", one)),
  cart: (one, { currency }) => (one.at_most === 0 ? t("rule.cart_empty") : t("rule.cart", { n: between(one, (amount) => money({ amount, currency })) })),
  returning: (one) => t(one.is === false ? "rule.returning.no" : "rule.returning.yes"),
  known: (one) => t(one.is === false ? "rule.known.no" : "rule.known.yes"),
  available: (one) => t(one.is === false ? "rule.available.no" : "rule.available.yes"),
  tier: (one) => t("rule.tier", { tiers: either(one.tiers.map((tier) => word("tier", tier))) }),
  source: sourceText,
  device: (one) => t("rule.device", { devices: either(one.devices.map(deviceName)) }),
  language: (one) => t("rule.language", { languages: either(one.languages.map(languageName)) }),
  hours: (one) => t(one.days?.length ? "rule.hours_days" : "rule.hours", { from: one.from, to: one.to, days: daysText(one.days ?? []) }),
  event: (one) => {
    const text = times("rule.event", one.times ?? 1, { name: one.name });
    return one.within ? t("rule.event_within", { event: text, time: span(one.within) }) : text;
  },
  segment: (one, { segments }) => t("rule.segment", { segment: quoted(segments.get(one.segment) ?? one.segment) }),
};

function branchText({ below = [], depth = 0, dwell = 0 }: Of<"branch">): string {
  const where = below.length ? quoted(below.join(SEPARATOR)) : t("rule.one_branch");
  const values = { below: where, dwell: span(dwell) };
  if (depth && dwell) return tn("rule.branch", depth, values);
  if (depth) return tn(below.length ? "rule.branch_depth_in" : "rule.branch_depth", depth, values);
  return dwell ? t("rule.branch_dwell", values) : below.length ? t("rule.branch_at", values) : t("rule.here");
}
function sourceText({ channels = [], names = [], campaigns = [] }: Of<"source">): string {
  const parts = [
    channels.length ? t("rule.source.by", { channels: either(channels.map(channelName)) }) : t("rule.source.came"),
    names.length ? t("rule.source.from", { names: either(names.map(quoted)) }) : "",
    campaigns.length ? t("rule.source.campaign", { campaigns: either(campaigns.map(quoted)) }) : "",
  ];
  return channels.length + names.length + campaigns.length ? parts.filter(Boolean).join(" ") : t("rule.source.anywhere");
}

/** Once has words of its own; a language's form for "one" would also say 21. */
const times = (key: string, n: number, values: Record<string, string> = {}): string =>
  n === 1 ? t(`${key}_once` as Key, values) : tn(key, n, values);
const counted = (key: string, one: Between): string => tn(key, one.at_most ?? one.at_least ?? 2, { n: between(one, number) });
function between({ at_least: low = null, at_most: high = null }: Between, write: (n: number) => string): string {
  if (low === null && high === null) return t("rule.between.any");
  if (low !== null && high !== null) return low === high ? t("rule.between.exactly", { n: write(low) }) : t("rule.between.both", { from: write(low), to: write(high) });
  return low === null ? t("rule.between.most", { n: write(high!) }) : t("rule.between.least", { n: write(low) });
}

/** Seconds without rounding: "90 s", "2 min", "1 h". */
export function span(seconds: number): string {
  const [unit, size] = seconds > 0 && seconds % 3600 === 0 ? (["h", 3600] as const) : seconds > 0 && seconds % 60 === 0 ? (["min", 60] as const) : (["s", 1] as const);
  return t(`time.${unit}`, { n: number(seconds / size) }).replaceAll(" ", "\u00a0");
}
export const channelName = (channel: string): string => (channel === "direct" ? t("rule.source.direct") : word("channel", channel));
export const deviceName = (device: string): string => (device === "unknown" ? t("rule.device_unknown") : word("device", device));
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(language.value, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
/** 1 is Monday: "Mon". */
export const dayName = (day: number): string =>
  new Intl.DateTimeFormat(language.value, { weekday: "short", timeZone: "UTC" }).format(Date.UTC(2024, 0, day));
/** "Mon–Fri, Sun": days that follow each other are one span. */
export function daysText(days: readonly number[]): string {
  const runs: number[][] = [];
  for (const day of [...days].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last.at(-1) === day - 1) last.push(day);
    else runs.push([day]);
  }
  return runs.map((run) => (run.length > 2 ? [run[0]!, run.at(-1)!].map(dayName).join("–") : run.map(dayName).join(", "))).join(", ");
}
