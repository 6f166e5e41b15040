// How the site's addresses become places: try one out, change the rules and see at once what they do, bring a tree along.
import { useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { draftOf, keepDraft } from "../../live/drafts";
import { codeOf, detailOf, http } from "../../live/http";
import { say } from "../../live/notes";
import { misread, toDraft, toRules, type Draft } from "../../state/tree";
import { errorText, t } from "../../text/text";
import type { Site, TreeRules } from "../../wire";
import { Preview } from "./Preview";
import { Rules } from "./Rules";
import { TreeEntries } from "./TreeEntries";
import { TreeImport } from "./TreeImport";

export function Tree({ site, changes }: { site: Site; changes: boolean }) {
  const path = `/api/sites/${site.id}/tree`;
  const [kept, setKept] = useState<TreeRules | null>(null);
  const [imports, setImports] = useState(0);
  const [busy, setBusy] = useState(false);
  const answer = useAnswer(site.id, () => http<TreeRules>("GET", `${path}/rules`));
  const rules = kept ?? answer.value;
  const saved = rules && toDraft(rules);
  const draft = changes ? draftOf(site.id) : null;
  const setDraft = (some: Draft | null) => keepDraft(site.id, some);
  const shown = draft ?? saved;
  const changed = !!saved && !!draft && (misread(draft.names).length > 0 || JSON.stringify(toRules(draft)) !== JSON.stringify(toRules(saved)));
  const save = async () => {
    if (!draft) return;
    setBusy(true);
    try {
      setKept(await http<TreeRules>("PUT", `${path}/rules`, toRules(draft)));
      setDraft(null);
      say(t("rules.saved"), "good");
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
    setBusy(false);
  };
  return (
    <section class="sheets" aria-labelledby="tree-title" aria-busy={answer.busy}>
      <h2 id="tree-title" class="unseen">{t("site.tree")}</h2>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!shown && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {shown && (
        <>
          <Preview path={path} origin={site.origins[0]} rules={toRules(shown)} draft={changed} imports={imports} />
          <div class="tree-halves">
            <Rules draft={shown} changes={changes} changed={changed} busy={busy} onChange={setDraft} onSave={() => void save()} onBack={() => setDraft(null)} />
            <div class="stack">
              {changes && <TreeImport path={path} onImported={() => setImports(imports + 1)} />}
              <TreeEntries path={path} imports={imports} changes={changes} onCleared={() => setImports(imports + 1)} />
            </div>
          </div>
        </>
      )}
    </section>
  );
}
