// One condition as a clause with controls in it: "has viewed [at least] [3] pages".
import type { ComponentChildren } from "preact";
import { t, tn, word } from "../../../text/text";
import type { Condition, Segment } from "../../../wire";
import { Between, Choice, Num, Phrase, Text, Time, Toggles, Unfold, Words } from "./Controls";
import { Places } from "./Places";
import { SEPARATOR } from "../../../text/names";
import { channelName, dayName, deviceName, languageName } from "./sentence";

/** What a clause has to know of its site. `segments`: null where a segment is written, which holds no others. */
export interface Surroundings { site: string; currency: string; segments: readonly Segment[] | null }
type Of<K extends Condition["kind"]> = Extract<Condition, { kind: K }>;
interface Shown<C> { one: C; here: Surroundings; onChange: (to: C) => void }

export function ClauseFields({ one, here, onChange }: Shown<Condition>) {
  const fields = FIELDS[one.kind] as ((shown: Shown<Condition>) => ComponentChildren) | undefined;
  return <>{fields ? fields({ one, here, onChange }) : <code>{JSON.stringify(one)}</code>}</>;
}

const FIELDS: { [K in Condition["kind"]]: (shown: Shown<Of<K>>) => ComponentChildren } = {
  branch: ({ one, here, onChange }) => (
    <Phrase text={tn("edit.branch", one.depth ?? 0)} holes={{
      depth: <Num label={t("label.depth")} value={one.depth ?? 0} high={20} onChange={(depth) => onChange({ ...one, depth })} />,
      dwell: <Num label={t("label.dwell")} value={one.dwell ?? 0} high={86_400} onChange={(dwell) => onChange({ ...one, dwell })} />,
      below: (
        <Unfold label={t("label.below")} shown={one.below?.length ? one.below.join(SEPARATOR) : t("rule.one_branch")}>
          <Places site={here.site} chosen={one.below ?? []} onChoose={(below) => onChange({ ...one, below })} />
        </Unfold>
      ),
    }} />
  ),
  pages: ({ one, onChange }) => counted("rule.pages", t("label.pages"), one, onChange),
  visit_number: ({ one, onChange }) => counted("rule.visit_number", t("label.visits"), one, onChange),
  days_since: ({ one, onChange }) => counted("rule.days_since", t("label.days"), one, onChange),
  orders: ({ one, onChange }) => counted("rule.orders", t("label.orders"), one, onChange),
  cart: ({ one, here, onChange }) => <Phrase text={t("rule.cart")} holes={{ n: <Between label={t("label.cart")} value={one} currency={here.currency} onChange={(bounds) => onChange({ ...one, ...bounds })} /> }} />,
  returning: yesNo,
  known: yesNo,
  available: yesNo,
  tier: ({ one, onChange }) => (
    <Phrase text={t("rule.tier")} holes={{
      tiers: <Toggles label={t("label.tiers")} value={one.tiers} onChange={(tiers) => onChange({ ...one, tiers })} options={named(["standard", "gold", ...one.tiers], (tier) => word("tier", tier))} />,
    }} />
  ),
  source: ({ one, onChange }) => (
    <Phrase text={t("edit.source")} holes={{
      channels: <Toggles label={t("label.channels")} value={one.channels ?? []} onChange={(channels) => onChange({ ...one, channels })} options={named(CHANNELS, channelName)} />,
      names: <Words label={t("label.names")} placeholder={t("edit.anywhere")} value={one.names ?? []} onChange={(names) => onChange({ ...one, names })} />,
      campaigns: <Words label={t("label.campaigns")} placeholder={t("edit.any_campaign")} value={one.campaigns ?? []} onChange={(campaigns) => onChange({ ...one, campaigns })} />,
    }} />
  ),
  device: ({ one, onChange }) => (
    <Phrase text={t("rule.device")} holes={{
      devices: <Toggles label={t("label.devices")} value={one.devices} onChange={(devices) => onChange({ ...one, devices })} options={named([...DEVICES, ...one.devices], deviceName)} />,
    }} />
  ),
  language: ({ one, onChange }) => (
    <Phrase text={t("rule.language")} holes={{
      languages: <Words label={t("label.languages")} value={one.languages} write={languageName} read={languageCode} onChange={(languages) => onChange({ ...one, languages })} />,
    }} />
  ),
  hours: ({ one, onChange }) => (
    <Phrase text={t("edit.hours")} holes={{
      from: <Time label={t("edit.from")} value={one.from} onChange={(from) => onChange({ ...one, from })} />,
      to: <Time label={t("edit.until")} value={one.to} onChange={(to) => onChange({ ...one, to })} />,
      days: <Toggles label={t("label.weekdays")} value={one.days ?? []} onChange={(days) => onChange({ ...one, days })} options={[1, 2, 3, 4, 5, 6, 7].map((day) => [day, dayName(day)] as const)} />,
    }} />
  ),
  event: ({ one, onChange }) => (
    <Phrase text={tn("edit.event", one.times ?? 1)} holes={{
      name: <Text label={t("label.event")} placeholder="cart.added" value={one.name} onChange={(name) => onChange({ ...one, name })} />,
      times: <Num label={t("label.times")} value={one.times ?? 1} low={1} high={50} onChange={(times) => onChange({ ...one, times })} />,
      within: (
        <>
          <Choice label={t("label.within")} value={one.within ? "within" : "visit"} options={[["visit", t("edit.in_visit")], ["within", t("edit.within")]]}
            onChange={(how) => onChange({ ...one, within: how === "visit" ? 0 : 60 })} />
          {!!one.within && <> <Num label={t("label.seconds")} value={one.within} low={1} high={86_400} onChange={(within) => onChange({ ...one, within })} /> {t("edit.seconds")}</>}
        </>
      ),
    }} />
  ),
  segment: ({ one, here, onChange }) => (
    <Phrase text={t("rule.segment")} holes={{
      segment: (
        <Choice label={t("label.segment")} value={one.segment} onChange={(segment) => onChange({ ...one, segment })}
          options={[...(one.segment ? [] : [["", t("edit.choose")] as const]), ...named([...(here.segments ?? []).map(({ id }) => id), ...(one.segment ? [one.segment] : [])], (id) => here.segments?.find((each) => each.id === id)?.name ?? id)]} />
      ),
    }} />
  ),
};

const CHANNELS = ["direct", "search", "social", "ai", "mail", "paid", "referral"] as const;
const DEVICES = ["mobile", "tablet", "pc", "unknown"] as const;
const LANGUAGES = "ar bg cs da de el en es et fi fr he hi hr hu id it ja ka kk ko lt lv nl no pl pt ro ru sk sl sr sv th tr uk uz vi zh".split(" ");
/** Each once, with its name. */
const named = <T extends string>(all: readonly T[], name: (one: T) => string) => [...new Set(all)].map((one) => [one, name(one)] as const);

/** "German", "Deutsch"? The name in the reader's language, or the code itself. */
function languageCode(typed: string): string | null {
  const meant = typed.toLowerCase();
  return LANGUAGES.find((code) => languageName(code).toLowerCase() === meant) ?? (/^[a-z]{2,3}$/.test(meant) ? meant : null);
}
function counted<C extends { at_least?: number | null; at_most?: number | null }>(key: string, label: string, one: C, onChange: (to: C) => void) {
  return <Phrase text={tn(key, one.at_most ?? one.at_least ?? 2, { n: "{n}" })} holes={{ n: <Between label={label} value={one} onChange={(bounds) => onChange({ ...one, ...bounds })} /> }} />;
}
function yesNo({ one, onChange }: { one: Of<"returning" | "known" | "available">; onChange: (to: never) => void }) {
  const change = onChange as (to: Condition) => void;
  return (
    <Choice label={t(`kind.${one.kind}`)} value={one.is === false ? "no" : "yes"} onChange={(to) => change({ ...one, is: to === "yes" })}
      options={[["yes", t(`rule.${one.kind}.yes`)], ["no", t(`rule.${one.kind}.no`)]]} />
  );
}
