// What was imported, in the order of the addresses.
import { useEffect, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { codeOf, detailOf, http } from "../../live/http";
import { say } from "../../live/notes";
import { Where } from "../../parts/small";
import { errorText, t, word } from "../../text/text";
import type { Page, TreeEntry } from "../../wire";

export function TreeEntries({ path, imports, changes, onCleared }: { path: string; imports: number; changes: boolean; onCleared: () => void }) {
  const [older, setOlder] = useState<Page<TreeEntry> | null>(null);
  const [sure, setSure] = useState(false);
  useEffect(() => { setOlder(null); setSure(false); }, [imports]);
  const answer = useAnswer(`${path}/${imports}`, () => http<Page<TreeEntry>>("GET", path));
  const items = [...(answer.value?.items ?? []), ...(older?.items ?? [])];
  const next = older ? older.next : (answer.value?.next ?? null);
  const more = () => http<Page<TreeEntry>>("GET", path, undefined, { cursor: next }).then(
    (page) => setOlder({ items: [...(older?.items ?? []), ...page.items], next: page.next }),
    (error: unknown) => say(errorText(codeOf(error), detailOf(error)), "bad"),
  );
  const clear = async () => {
    try {
      await http("DELETE", path);
      say(t("entries.cleared"), "good");
      onCleared();
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
  };
  return (
    <div class="sheet stack" aria-busy={answer.busy}>
      <h3>{t("entries.title")}</h3>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {items.length === 0 && !answer.busy && <p class="soft small">{t("entries.none")}</p>}
      {items.length > 0 && (
        <ul class="entries" tabIndex={0} aria-label={t("entries.title")}>
          {items.map((one) => (
            <li key={one.id}><code>{one.address}</code> {one.path ? <Where path={one.path} /> : <span class="soft small">{word("path_source", one.kind)}</span>}</li>
          ))}
        </ul>
      )}
      <div class="rules-foot">
        {next && <button type="button" class="quiet" onClick={() => void more()}>{t("entries.more")}</button>}
        {changes && items.length > 0 && (sure
          ? <><span class="small">{t("entries.sure")}</span><button type="button" class="plain-button" onClick={() => void clear()}>{t("entries.yes")}</button><button type="button" class="quiet" onClick={() => setSure(false)}>{t("entries.no")}</button></>
          : <button type="button" class="quiet" onClick={() => setSure(true)}>{t("entries.clear")}</button>)}
      </div>
    </div>
  );
}
