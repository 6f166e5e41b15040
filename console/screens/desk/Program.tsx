// "Mark as a program", as a quiet line; the same line takes it back.
import { useState } from "preact/hooks";
import { codeOf, detailOf } from "../../live/http";
import { say } from "../../live/notes";
import { call, isProgram } from "../../live/program";
import { errorText, t } from "../../text/text";
import type { VisitBrief } from "../../wire";

export function Program({ visit, who }: { visit: VisitBrief; who: string }) {
  const [busy, setBusy] = useState(false);
  const bot = isProgram(visit);
  const turn = async () => {
    setBusy(true);
    try {
      await call(visit, !bot);
      say(t(bot ? "bots.unmarked" : "bots.marked", { who }), "good");
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
    setBusy(false);
  };
  return (
    <p class="program small">
      {bot && <span class="soft">{t("bots.counts_program")}</span>}{" "}
      <button type="button" class="quiet" disabled={busy} onClick={() => void turn()}>{t(bot ? "bots.unmark_here" : "bots.mark")}</button>
    </p>
  );
}
