// An address in; its place, why, and every step out. Rules that are not saved yet are tried as they stand in the form.
import { useEffect, useState } from "preact/hooks";
import { codeOf, detailOf, http } from "../../live/http";
import { Depth, Where } from "../../parts/small";
import { addressOn, crumbs } from "../../state/tree";
import { whereIs } from "../../text/names";
import { errorText, language, t } from "../../text/text";
import type { TreePreview, TreeRules } from "../../wire";

const PAUSE_MS = 300;

export function Preview({ path, origin, rules, draft, imports }: { path: string; origin?: string; rules: TreeRules; draft: boolean; imports: number }) {
  const [url, setUrl] = useState("");
  const [seen, setSeen] = useState<TreePreview | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [crumb, setCrumb] = useState("");
  const wanted = addressOn(origin, url.trim());
  const names = crumbs(crumb);
  const asked = JSON.stringify([wanted, names, rules, imports, language.value]);
  useEffect(() => {
    if (!wanted) return setSeen(null), setProblem(null);
    let mine = true;
    const ask = () => http<TreePreview>("POST", `${path}/preview`, { url: wanted, rules, ...(names && { path: names, source: "breadcrumb" }) }).then(
      (answer) => { if (mine) { setSeen(answer); setProblem(null); } },
      (error: unknown) => { if (mine) setProblem(errorText(codeOf(error), detailOf(error))); },
    );
    const wait = setTimeout(() => void ask(), PAUSE_MS);
    return () => { mine = false; clearTimeout(wait); };
  }, [asked]);
  return (
    <div class="sheet stack preview">
      <label class="field"><span>{t("preview.url")}</span>
        <input type="url" inputMode="url" spellcheck={false} autocomplete="off" placeholder="https://" value={url} onInput={(event) => setUrl(event.currentTarget.value)} />
      </label>
      <label class="field"><span>{t("preview.crumb")}</span>
        <input type="text" spellcheck={false} autocomplete="off" placeholder={t("preview.crumb_like")} value={crumb} onInput={(event) => setCrumb(event.currentTarget.value)} />
      </label>
      <div class="stack" aria-live="polite">
        {problem && <p class="form-error" role="alert">{problem}</p>}
        {!wanted && <p class="soft small">{t("preview.next")}</p>}
        {seen && !problem && seen.reason === "unreadable" && <p class="bad">{seen.says} {t("preview.like", { like: `${origin ?? "https://shop.example"}/…` })}</p>}
        {seen && !problem && seen.reason !== "unreadable" && (
          <>
            <p class="preview-place"><Depth depth={seen.depth} deepest={seen.depth} /> <Where path={seen.path} /></p>
            <p>{seen.says} {draft && <span class="tag is-warn">{t("preview.draft")}</span>}</p>
            {seen.steps.length > 0 && (
              <ol class="steps" aria-label={t("preview.steps")}>
                {seen.steps.map((step, at) => (
                  <li key={at}><span>{step.says}</span> <span class="soft small">{step.after.length ? whereIs(step.after) : t("where.home")}</span></li>
                ))}
              </ol>
            )}
          </>
        )}
      </div>
    </div>
  );
}
