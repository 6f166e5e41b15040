// A tree brought along: a sitemap, or a table of addresses and places. Taken whole, or not at all with the lines that are wrong.
import { useRef, useState } from "preact/hooks";
import { codeOf, detailOf, http, Problem } from "../../live/http";
import { typeOf } from "../../state/tree";
import { number } from "../../text/format";
import { errorText, t, tn } from "../../text/text";
import type { TreeImported, TreeProblem } from "../../wire";

type Done = { told: TreeImported } | { problem: string; faults: TreeProblem["faults"]; faulty: number };

export function TreeImport({ path, onImported }: { path: string; onImported: () => void }) {
  const [add, setAdd] = useState(false);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<Done | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const send = async () => {
    if (!file) return;
    setBusy(true);
    try {
      const body = new Blob([file], { type: typeOf(file.name) });
      setDone({ told: await http<TreeImported>("POST", `${path}/import`, body, { add: add || null }) });
      onImported();
    } catch (error) {
      const told = error instanceof Problem ? (error.body as Partial<TreeProblem> | null) : null;
      setDone({ problem: told?.faults ? t("import.refused") : errorText(codeOf(error), detailOf(error)), faults: told?.faults ?? [], faulty: told?.faulty ?? 0 });
    }
    setBusy(false);
    setFile(null);
    if (input.current) input.current.value = "";
  };
  return (
    <form class="sheet stack" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <h3>{t("import.title")}</h3>
      <p class="soft small">{t("import.more")}</p>
      <label class="check"><input type="checkbox" checked={add} disabled={busy} onChange={(event) => setAdd(event.currentTarget.checked)} /><span>{t("import.add")}</span></label>
      <label class="field"><span>{t("import.file")}</span>
        <input ref={input} type="file" accept=".csv,.txt,.xml,.gz" disabled={busy} onChange={(event) => { setFile(event.currentTarget.files?.[0] ?? null); setDone(null); }} />
      </label>
      <div class="rules-foot"><button type="submit" class="main-button" disabled={!file || busy}>{t("import.send")}</button></div>
      <div role="status">{busy ? <p class="soft">{t("import.busy")}</p> : done && <Result done={done} />}</div>
    </form>
  );
}

function Result({ done }: { done: Done }) {
  if ("problem" in done) {
    return (
      <div class="stack">
        <p class="bad">{done.problem}</p>
        {done.faults.length > 0 && (
          <ul class="why">
            {done.faults.map(({ line, says }) => <li key={`${line}/${says}`}>{t("import.line", { line: number(line) })} {says}</li>)}
            {done.faulty > done.faults.length && <li>{t("list.more", { n: number(done.faulty - done.faults.length) })}</li>}
          </ul>
        )}
      </div>
    );
  }
  const { told } = done;
  if (told.sitemaps.length > 0) {
    return <div class="stack"><p>{t("import.index")}</p><ul class="why">{told.sitemaps.map((one) => <li key={one}>{one}</li>)}</ul></div>;
  }
  return (
    <div class="stack">
      <p class="good">{tn(told.kind === "sitemap" ? "import.kept_sitemap" : "import.kept_tree", told.kept)}</p>
      <p class="soft small">
        {[
          told.repeated > 0 && tn("import.repeated", told.repeated), told.left_out > 0 && tn("import.left_out", told.left_out),
          ...Object.entries(told.by_depth).map(([depth, count]) => `${depth === "0" ? t("where.home") : tn("overview.level", Number(depth))}: ${number(count)}`),
        ].filter(Boolean).join(" · ")}
      </p>
    </div>
  );
}
