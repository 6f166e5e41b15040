// How often at most, at which hours not, and whom to leave alone for the comparison.
import { Fragment } from "preact";
import { t, type Key } from "../../../text/text";
import type { Finding } from "../../../wire";
import { Choice, Num, Phrase, Time } from "./Controls";
import { about, type Caps, type Draft } from "./draft";
import { Findings } from "./Findings";

type Cap = keyof Caps;
const CAPS: readonly (readonly [Cap, number])[] = [["visit", 100], ["day", 100], ["visitor", 1000]];

export function HowOften({ draft, findings, onChange }: { draft: Draft; findings: readonly Finding[]; onChange: (some: Partial<Draft>) => void }) {
  const { caps, quiet } = draft;
  const cap = (name: Cap, most: number) => {
    const n = caps[name];
    const many = n !== null && n > 1;
    const set = (to: number | null) => onChange({ caps: { ...caps, [name]: to } });
    return (
      <Fragment key={name}>
        <span class="piece"><Choice label={t(`label.cap_${name}` as Key)} value={n === null ? "any" : n === 1 ? "once" : "most"} onChange={(to) => set(to === "any" ? null : to === "once" ? 1 : 2)}
          options={[["once", t(`rule.per_${name}_once` as Key)], ["any", t(`edit.per_${name}_any` as Key)], ["most", t("edit.most")]]} />{!many && ","}</span>{" "}
        {many && <><Num label={t("label.times")} value={n} low={2} high={most} onChange={set} /> {t(`edit.times_per_${name}` as Key)}, </>}
      </Fragment>
    );
  };
  return (
    <div class="rule-part">
      <p class="rule-line">
        {CAPS.map(([name, most]) => cap(name, most))}
        <span class="piece"><Choice label={t("label.quiet")} value={quiet ? "never" : "any"} onChange={(to) => onChange({ quiet: to === "never" ? { from: "22:00", to: "07:00" } : null })}
          options={[["any", t("edit.any_hour")], ["never", t("edit.never")]]} />{!quiet && ","}</span>{" "}
        {quiet && (
          <Phrase text={t("edit.quiet")} holes={{
            from: <Time label={t("label.quiet_from")} value={quiet.from} onChange={(from) => onChange({ quiet: { ...quiet, from } })} />,
            to: <Time label={t("label.quiet_to")} value={quiet.to} onChange={(to) => onChange({ quiet: { ...quiet, to } })} />,
          }} />
        )}
        <Phrase text={t("edit.hold_out")} holes={{ share: <Num label={t("label.hold_out")} value={draft.hold_out} high={50} onChange={(hold_out) => onChange({ hold_out })} /> }} />
      </p>
      <Findings items={["caps", "quiet", "hold_out"].flatMap((where) => about(findings, where, true))} />
    </div>
  );
}
