// Whom the site tells what happens: each webhook with how it goes, a form for one more, and what became of each telling.
import { useEffect, useRef, useState } from "preact/hooks";
import { codeOf, detailOf, http, list } from "../../live/http";
import { say } from "../../live/notes";
import { usePolled } from "../../live/poll";
import { Empty } from "../../parts/small";
import { errorText, t } from "../../text/text";
import type { Site, Webhook } from "../../wire";
import { Hook } from "./webhooks/Hook";
import { HookForm } from "./webhooks/HookForm";

const EVERY_MS = 5_000;

export function Webhooks({ site }: { site: Site }) {
  const answer = usePolled(site.id, EVERY_MS, () => list<Webhook>("/api/webhooks", { site: site.id }));
  const [open, setOpen] = useState<string | null>(null); // the id of what is changed, or "new"
  const [home, setHome] = useState<string | null>(null); // whose button gets the focus back
  const begin = useRef<HTMLButtonElement>(null);
  useEffect(() => { if (home === "new") begin.current?.focus(); }, [home]);
  const close = (to: string) => { setOpen(null); setHome(to); };
  const saved = (one: Webhook) => {
    say(t(open === "new" ? "hooks.made" : "hooks.saved", { url: one.url }), "good");
    close(one.id);
    answer.again();
  };
  const tried = async (does: () => Promise<unknown>, done: string) => {
    try {
      await does();
      say(done, "good");
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
    answer.again();
  };
  const turn = (one: Webhook, active: boolean) => tried(() => http("PATCH", `/api/webhooks/${one.id}`, { active }), t(active ? "hooks.turned_on" : "hooks.turned_off", { url: one.url }));
  const remove = (one: Webhook) => tried(() => http("DELETE", `/api/webhooks/${one.id}`), t("hooks.removed", { url: one.url })).then(() => setHome("new"));
  const form = (one: Webhook | null) => <HookForm key={one?.id ?? "new"} site={site} one={one} onSaved={saved} onClose={() => close(one?.id ?? "new")} />;
  return (
    <section class="stack" aria-labelledby="hooks-title" aria-busy={answer.busy && !answer.value}>
      <h2 id="hooks-title" class="unseen">{t("site.webhooks")}</h2>
      <p class="soft">{t("hooks.more")}</p>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {answer.value?.length === 0 && !open && <Empty title={t("hooks.none")}><p>{t("hooks.none_next")}</p></Empty>}
      {answer.value && open === null && <p><button type="button" class="plain-button" ref={begin} onClick={() => { setHome(null); setOpen("new"); }}>+ {t("hooks.add")}</button></p>}
      {open === "new" && form(null)}
      <ul class="hooks">
        {answer.value?.map((one) => (open === one.id ? <li key={one.id}>{form(one)}</li> : (
          <Hook key={one.id} one={one} focused={home === one.id} onTurn={(active) => turn(one, active)} onEdit={() => { setHome(null); setOpen(one.id); }}
            onRemove={() => remove(one)} onChanged={answer.again} />
        )))}
      </ul>
    </section>
  );
}
