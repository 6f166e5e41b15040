// What somebody wrote for whom the bell rings: read before one accepts.
import { useEffect } from "preact/hooks";
import { connection, desk } from "../../live/desk";
import { openThread, threads } from "../../live/threads";
import { t } from "../../text/text";
import type { Alert, Message } from "../../wire";

/** The reason of a bell that the visitor's own words rang. */
export const ASKED = "asked";

export function Question({ alert }: { alert: Alert }) {
  const talk = desk.value?.conversations.find((one) => one.visit === alert.visit.id && one.state === "open" && one.expert === null);
  const id = alert.reason === ASKED
    ? (talk?.id ?? desk.value?.visits.get(alert.visit.id)?.conversation ?? alert.visit.conversation) : null;
  const hears = connection.value.phase === "live";
  const newest = talk?.last_seq ?? 0;
  useEffect(() => { if (id && hears) void openThread(id); }, [id, hears, newest]);
  const said = [...(id ? (threads.value.get(id)?.messages ?? []) : []), ...(talk?.last ? [talk.last] : [])];
  const words = said.filter(byVisitor).sort((a, b) => a.seq - b.seq).at(-1)?.text;
  if (!words) return null;
  return <blockquote class="alert-question" aria-label={t("alert.question")}>{words}</blockquote>;
}

const byVisitor = ({ author, kind }: Message): boolean => author.kind === "visitor" && kind === "text";
