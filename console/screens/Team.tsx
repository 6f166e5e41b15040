// Who answers: every colleague with presence, load and topics. Presence follows the socket; administrators change here
// what somebody knows, when they work, and who works here at all.
import { useEffect, useRef, useState } from "preact/hooks";
import { usePolled } from "../live/poll";
import { codeOf, detailOf, http, list } from "../live/http";
import { say } from "../live/notes";
import { loadSites, sites } from "../live/sites";
import { desk } from "../live/value";
import { Empty } from "../parts/small";
import { number } from "../text/format";
import { errorText, t } from "../text/text";
import type { Expert, Me } from "../wire";
import { blank, fromExpert, knownAlone, type Draft } from "./team/draft";
import { Left } from "./team/Left";
import { Member } from "./team/Member";
import { MemberForm } from "./team/MemberForm";

const ORDER = ["online", "away", "offline"];
const EVERY_MS = 5_000;
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
interface Open { id: string | null; before: Draft; draft: Draft }

export function Team({ me }: { me: Me }) {
  const [round, setRound] = useState(0);
  const [open, setOpen] = useState<Open | null>(null);
  const [made, setMade] = useState<string | null>(null);
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => { if (!sites.value) void loadSites().catch(() => undefined); }, []);
  useEffect(() => { if (open) form.current?.scrollIntoView({ block: "start" }); }, [open?.id, open === null]);
  const answer = usePolled(`team/${round}`, EVERY_MS, () => list<Expert>("/api/experts"));
  const changes = me.role === "admin";
  const fresh = new Map(desk.value?.experts.map((one) => [one.id, one]));
  const all = (answer.value ?? [])
    .map((one) => ({ ...one, status: fresh.get(one.id)?.status ?? one.status, status_reason: fresh.get(one.id)?.status_reason ?? one.status_reason }))
    .sort((a, b) => Number(b.role === "expert") - Number(a.role === "expert") || ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || a.name.localeCompare(b.name));
  const experts = all.filter((one) => one.role === "expert");
  const edit = (one: Expert) => { const draft = fromExpert(one, ZONE); setOpen({ id: one.id, before: draft, draft }); };
  const add = () => { const draft = blank((sites.value ?? []).map((one) => one.id).sort(), [...new Set((sites.value ?? []).map((one) => one.language.split("-")[0]!))], ZONE); setOpen({ id: null, before: draft, draft }); };
  const saved = (one: Expert, isNew: boolean) => {
    setOpen(null);
    setMade(one.id);
    setRound(round + 1);
    say(t(isNew ? "team.made" : "team.saved", { name: one.name }), "good");
  };
  const tried = async (does: () => Promise<unknown>, done: string) => {
    try {
      await does();
      say(done, "good");
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
    setRound(round + 1);
  };
  return (
    <main class="reports" tabIndex={0}>
      <header class="reports-head">
        <h1>{t("team.title")}</h1>
        {experts.length > 0 && <p class="soft">{t("team.online", { n: number(experts.filter((one) => one.status === "online").length), all: number(experts.length) })}</p>}
        {changes && !open && <button type="button" class="plain-button" onClick={add}>+ {t("team.add")}</button>}
      </header>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {open && <div ref={form}><MemberForm key={open.id ?? "new"} id={open.id} before={open.before} draft={open.draft} onChange={(draft) => setOpen({ ...open, draft })}
        onClose={() => setOpen(null)} onSaved={(one) => saved(one, open.id === null)} /></div>}
      {answer.value && all.length === 0 && <Empty title={t("team.none")}><p>{t("team.none_next")}</p></Empty>}
      <ul class="team">
        {all.filter((one) => one.id !== open?.id).map((one) => (
          <Member key={one.id} one={one} alone={knownAlone(one, experts)} changes={changes} self={one.id === me.id} isNew={made === one.id} onEdit={() => edit(one)}
            onDismiss={() => tried(() => http("DELETE", `/api/experts/${one.id}`), t("team.dismissed", { name: one.name }))} />
        ))}
      </ul>
      {changes && <Left again={round} onBack={(one) => void tried(() => http("PATCH", `/api/experts/${one.id}`, { active: true }), t("team.came_back", { name: one.name }))} />}
    </main>
  );
}
