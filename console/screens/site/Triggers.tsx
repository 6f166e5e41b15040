// The rules of a site: what each waits for and does, in a sentence; written, tried on the past, switched on, and judged.
import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { codeOf, detailOf, http, list } from "../../live/http";
import { say } from "../../live/notes";
import { Empty } from "../../parts/small";
import { errorText, language, t } from "../../text/text";
import type { Segment, Site, Trigger } from "../../wire";
import { Card } from "./triggers/Card";
import { blank, fromTrigger, type Draft } from "./triggers/draft";
import { Editor } from "./triggers/Editor";
import { keep, useKept } from "./triggers/kept";
import { useNames } from "./triggers/names";
import { Segments } from "./triggers/Segments";

interface Open { id: string | null; draft: Draft }

export function Triggers({ site, changes }: { site: Site; changes: boolean }) {
  // What is odd about a rule is said in the reader's language by the server.
  const asked = `${site.id}/${language.value}`;
  const answer = useAnswer(asked, () => list<Trigger>("/api/triggers", { site: site.id }));
  const segments = useAnswer(asked, () => list<Segment>("/api/segments", { site: site.id }));
  const draft = `trigger.${site.id}`;
  const [kept, setOpen] = useKept<Open>(draft);
  const [saved, setSaved] = useState<string | null>(null);
  // Where the hand goes when the editor closes: the trigger it was about, or (empty) the button that makes a new one.
  const [home, setHome] = useState<string | null>(null);
  const begin = useRef<HTMLButtonElement>(null);
  useEffect(() => { if (home === "") begin.current?.focus(); }, [home]);
  const names = useNames(site, answer.value ?? [], segments.value ?? []);
  const open = changes ? kept : null;
  const tried = async (does: () => Promise<unknown>, done: string) => {
    try {
      await does();
      say(done, "good");
      answer.again();
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
  };
  const turn = (one: Trigger, active: boolean) => {
    const wrong = active ? one.findings.find((found) => found.level === "error") : undefined;
    if (wrong) return Promise.resolve(say(wrong.sentence, "bad"));
    return tried(() => http("PATCH", `/api/triggers/${one.id}`, { active }), t(active ? "triggers.on" : "triggers.off", { name: one.name }));
  };
  const remove = (one: Trigger) => tried(() => http("DELETE", `/api/triggers/${one.id}`), t("triggers.deleted", { name: one.name }));
  const editor = open && (
    <Editor key={open.id ?? "new"} site={site} id={open.id} begun={open.draft} segments={segments.value ?? []}
      onChange={(now) => keep(draft, { id: open.id, draft: now })} onClose={() => { setHome(open.id ?? ""); setOpen(null); }}
      onSaved={(one) => { setSaved(open.id ? null : one.id); setHome(one.id); setOpen(null); say(t("triggers.saved", { name: one.name }), "good"); answer.again(); }} />
  );
  return (
    <>
      <section class="stack" aria-labelledby="triggers-title" aria-busy={answer.busy}>
        <h2 id="triggers-title" class="unseen">{t("site.triggers")}</h2>
        <p class="soft">{t("triggers.more")}</p>
        {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
        {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
        {answer.value?.length === 0 && !open && <Empty title={t("triggers.none")}><p>{t("triggers.none_next")}</p></Empty>}
        {changes && !open && answer.value && <p><button type="button" class="plain-button" ref={begin} onClick={() => { setHome(null); setOpen({ id: null, draft: blank() }); }}>+ {t("triggers.new")}</button></p>}
        {open && answer.value && !answer.value.some((one) => one.id === open.id) ? editor : null}
        <ul class="rules-list">
          {answer.value?.map((one) => (open?.id === one.id ? <li key={one.id}>{editor}</li> : (
            <Card key={one.id} one={one} names={names} changes={changes} isNew={saved === one.id} focused={home === one.id} onTurn={(active) => turn(one, active)}
              onEdit={() => { setHome(null); setOpen({ id: one.id, draft: fromTrigger(one) }); }} onDelete={() => remove(one).then(() => begin.current?.focus())} />
          )))}
        </ul>
      </section>
      {segments.value && <Segments site={site} items={segments.value} names={names} changes={changes} onChanged={segments.again} />}
    </>
  );
}
