// One trigger in the list: its sentence, its switch, what it did this week, and what can be done with it.
import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswer } from "../../../live/ask";
import { http } from "../../../live/http";
import { Switch } from "../../../parts/Switch";
import { t } from "../../../text/text";
import type { Trigger, TriggerReport } from "../../../wire";
import { Backtest } from "./Backtest";
import { fromTrigger, toWrite } from "./draft";
import { Findings } from "./Findings";
import { firedText, Report } from "./Report";
import { sentence, type Names } from "./sentence";

interface Shown {
  one: Trigger; names: Names; changes: boolean; isNew: boolean; focused: boolean; onTurn: (active: boolean) => Promise<void>; onEdit: () => void; onDelete: () => Promise<void>;
}

export function Card({ one, names, changes, isNew, focused, onTurn, onEdit, onDelete }: Shown) {
  const [open, setOpen] = useState<"try" | "report" | null>(null);
  const [sure, setSure] = useState(false);
  const mark = useRef<HTMLButtonElement>(null);
  useEffect(() => { if (focused) mark.current?.focus(); }, [focused]);
  const toggle = (what: "try" | "report") => setOpen(open === what ? null : what);
  return (
    <li class={`sheet stack trigger${one.active ? "" : " is-off"}`}>
      <Switch on={one.active} disabled={!changes} onTurn={onTurn}>
        <strong>{one.name}</strong>
        <span class={`tag${one.active ? " is-good" : ""}`}>{t(one.active ? "triggers.active" : "triggers.inactive")}</span>
      </Switch>
      <p class="rule-said">{sentence(one, names)}</p>
      {isNew && !one.active && <p class="hint">{t("triggers.saved_off")}</p>}
      <Findings items={one.findings} />
      {!isNew && <Week id={one.id} />}
      <div class="rules-foot">
        <button type="button" class={isNew ? "main-button" : "plain-button"} ref={mark} aria-expanded={open === "try"} onClick={() => toggle("try")}>{t("backtest.try")}</button>
        <button type="button" class="plain-button" aria-expanded={open === "report"} onClick={() => toggle("report")}>{t("report.title")}</button>
        {changes && !one.active && isNew && <button type="button" class="plain-button" onClick={() => { mark.current?.focus(); void onTurn(true); }}>{t("triggers.switch_on")}</button>}
        {changes && <button type="button" class="plain-button" onClick={onEdit}>{t("triggers.edit")}<span class="unseen">: {one.name}</span></button>}
        {changes && (sure
          ? <><span class="small">{t("triggers.sure")}</span><button type="button" class="plain-button" onClick={() => void onDelete()}>{t("triggers.yes")}</button><button type="button" class="quiet" onClick={() => setSure(false)}>{t("triggers.no")}</button></>
          : <button type="button" class="quiet" onClick={() => setSure(true)}>{t("triggers.delete")}<span class="unseen">: {one.name}</span></button>)}
      </div>
      {open === "try" && <Backtest body={toWrite(fromTrigger(one), one.site)} onClose={() => setOpen(null)} />}
      {open === "report" && <Report id={one.id} customers={(one.conditions.all ?? []).some((each) => each.kind === "known" && each.is)} />}
    </li>
  );
}

/** Asked for once it is in sight: there may be hundreds of triggers. */
function Week({ id }: { id: string }) {
  const line = useRef<HTMLParagraphElement>(null);
  const [seen, setSeen] = useState(typeof IntersectionObserver === "undefined");
  useEffect(() => {
    if (seen || !line.current) return;
    const sight = new IntersectionObserver((all) => { if (all.some((one) => one.isIntersecting)) setSeen(true); });
    sight.observe(line.current);
    return () => sight.disconnect();
  }, [seen]);
  const answer = useAnswer(seen ? id : null, () => http<TriggerReport>("GET", `/api/triggers/${id}/report`, undefined, { days: 7 }));
  return <p class="soft small" ref={line}>{answer.value ? t("report.week", { what: firedText(answer.value) }) : "\u00a0"}</p>;
}
