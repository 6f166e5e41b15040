// Who may not write to us for a while: said with a reason and an end, seen by colleagues, taken back by the same line.
import { useId, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { block, blocksOf, unblock } from "../../live/blocks";
import { now } from "../../live/clock";
import { codeOf, detailOf } from "../../live/http";
import { say } from "../../live/notes";
import { when } from "../../text/format";
import { errorText, t, type Key } from "../../text/text";

const MINUTES = [60, 24 * 60, 7 * 24 * 60, 365 * 24 * 60];

export function Block({ visitor, site, who }: { visitor: string; site: string; who: string }) {
  const known = useAnswer(visitor, () => blocksOf(site, visitor));
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState(MINUTES[1]!);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const held = known.value?.find((one) => one.active && Date.parse(one.until) > now.value);
  const tried = async (does: () => Promise<unknown>, done: string) => {
    setBusy(true);
    try {
      await does();
      say(done, "good");
      setReason("");
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
    setBusy(false);
    known.again();
  };
  if (held) {
    return (
      <p class="hint blocked">
        {t("block.held", { until: when(held.until, now.value), who: held.by?.name ?? "" })} <q>{held.reason}</q>{" "}
        <button type="button" class="plain-button" disabled={busy} onClick={() => void tried(() => unblock(held.id), t("block.undone", { who }))}>{t("block.undo")}</button>
      </p>
    );
  }
  return (
    <details class="fold block-visitor">
      <summary>{t("block.title")}</summary>
      <form class="same-confirm" onSubmit={(event) => { event.preventDefault(); if (reason.trim()) void tried(() => block(visitor, reason.trim(), minutes), t("block.done", { who })); }}>
        <p class="soft small">{t("block.what")}</p>
        <label class="small" for={`${id}-reason`}>{t("block.reason")}</label>
        <input id={`${id}-reason`} maxLength={200} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        <label class="small" for={`${id}-until`}>{t("block.until")}</label>
        <select id={`${id}-until`} value={String(minutes)} onChange={(event) => setMinutes(Number(event.currentTarget.value))}>
          {MINUTES.map((one) => <option key={one} value={String(one)}>{t(`block.minutes_${one}` as Key)}</option>)}
        </select>
        <button type="submit" class="plain-button" disabled={busy || !reason.trim()}>{t("block.do")}</button>
      </form>
    </details>
  );
}
