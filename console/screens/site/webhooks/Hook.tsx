// One webhook at a glance: where, what, how it goes; and what can be done about it.
import { useEffect, useRef, useState } from "preact/hooks";
import { now } from "../../../live/clock";
import { codeOf, detailOf, http } from "../../../live/http";
import { say } from "../../../live/notes";
import { Code } from "../../../parts/Code";
import { Switch } from "../../../parts/Switch";
import { number, when } from "../../../text/format";
import { errorText, t, tn } from "../../../text/text";
import type { Webhook, WebhookSecret, WebhookTested } from "../../../wire";
import { Deliveries } from "./Deliveries";
import { eventName, why } from "./words";

interface Shown { one: Webhook; focused: boolean; onTurn: (on: boolean) => Promise<void>; onEdit: () => void; onRemove: () => Promise<void>; onChanged: () => void }

export function Hook({ one, focused, onTurn, onEdit, onRemove, onChanged }: Shown) {
  const [open, setOpen] = useState(false);
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [tested, setTested] = useState<WebhookTested | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const edit = useRef<HTMLButtonElement>(null);
  useEffect(() => { if (focused) edit.current?.focus(); }, [focused]);
  useEffect(() => setTested(null), [one.failing_since]); // what a test said is no longer so
  const asked = async <T,>(does: () => Promise<T>): Promise<T | null> => {
    setBusy(true);
    try {
      return await does();
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
      return null;
    } finally {
      setBusy(false);
    }
  };
  const test = async () => { setTested(null); setTested(await asked(() => http<WebhookTested>("POST", `/api/webhooks/${one.id}/test`))); };
  const show = async () => setSecret(secret === null ? ((await asked(() => http<WebhookSecret>("GET", `/api/webhooks/${one.id}/secret`)))?.secret ?? null) : null);
  return (
    <li class="sheet stack hook" aria-label={one.url}>
      <div class="hook-head">
        <h3><code>{one.url}</code></h3>
        <Switch on={one.active} disabled={false} onTurn={onTurn}><span>{t("hooks.on")}<span class="unseen">: {one.url}</span></span></Switch>
      </div>
      <p class="small soft">{one.events.map(eventName).join(" · ")}</p>
      <Trouble one={one} />
      <div class="hook-acts">
        <button type="button" class="plain-button" ref={edit} onClick={onEdit}>{t("hooks.edit")}<span class="unseen">: {one.url}</span></button>
        <button type="button" class="plain-button" disabled={busy} onClick={() => void test()}>{t("hooks.test")}<span class="unseen">: {one.url}</span></button>
        <button type="button" class="plain-button" aria-expanded={open} onClick={() => setOpen(!open)}>{t("hooks.deliveries")}<span class="unseen">: {one.url}</span></button>
        <button type="button" class="plain-button" aria-expanded={secret !== null} onClick={() => void show()}>{t("hooks.secret")}<span class="unseen">: {one.url}</span></button>
        {!sure && <button type="button" class="quiet" onClick={() => setSure(true)}>{t("hooks.remove")}<span class="unseen">: {one.url}</span></button>}
      </div>
      <p role="status" class={`small ${tested?.ok ? "good" : "bad"}`} hidden={!tested}>
        {tested && (tested.ok ? t("hooks.test_well", { status: tested.status ?? 0, ms: number(tested.took) }) : t("hooks.test_wrong", { why: why(tested.error) }))}
      </p>
      {secret !== null && <div class="stack"><p class="small soft">{t("hooks.secret_more")}</p><Code text={secret} label={t("hooks.secret")} /></div>}
      {sure && (
        <div class="stack dismiss" role="group" aria-label={t("hooks.remove_ask")}>
          <p><b>{t("hooks.remove_ask")}</b></p>
          <p class="small">{one.waiting + one.dead > 0 ? tn("hooks.remove_loses", one.waiting + one.dead) : t("hooks.remove_none")}</p>
          <p class="member-acts">
            <button type="button" class="plain-button" onClick={() => void onRemove()}>{t("hooks.remove_yes")}</button>
            <button type="button" class="quiet" onClick={() => { setSure(false); edit.current?.focus(); }}>{t("member.cancel")}</button>
          </p>
        </div>
      )}
      {open && <Deliveries hook={one} onChanged={onChanged} />}
    </li>
  );
}

/** What keeps it from arriving; nothing while all is well. */
function Trouble({ one }: { one: Webhook }) {
  const counts = [one.waiting > 0 && tn("hooks.waiting", one.waiting), one.dead > 0 && tn("hooks.dead", one.dead)].filter(Boolean).join(" · ");
  return (
    <>
      {one.off_at && <p class="hint">{t("hooks.gave_up", { time: when(one.off_at, now.value), why: why(one.error) })}</p>}
      {!one.off_at && one.failing_since && <p class="hint">{t("hooks.failing", { time: when(one.failing_since, now.value), why: why(one.error) })}</p>}
      {counts && <p class="small">{counts}</p>}
    </>
  );
}
