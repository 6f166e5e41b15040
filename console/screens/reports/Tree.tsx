// The site's tree as it was walked: visits, page views, deepest level and dwell at every node.
import { useMemo, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { http } from "../../live/http";
import { Empty } from "../../parts/small";
import { growTree, openRows, type Branch } from "../../state/reports";
import { duration, number } from "../../text/format";
import { t } from "../../text/text";
import type { TreeNode } from "../../wire";
import { Bar } from "./Bar";
import type { Question } from "./question";

const SHOWN = 500;

export function Tree({ question }: { question: Question }) {
  const answer = useAnswer(JSON.stringify(question), () => http<{ nodes: TreeNode[] }>("GET", "/api/reports/tree", undefined, { ...question }));
  const roots = useMemo(() => growTree(answer.value?.nodes ?? []), [answer.value]);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [shown, setShown] = useState(SHOWN);
  // The first level opens by itself; what was clicked is turned round.
  const open = new Set([...roots.map((one) => one.key).filter((key) => !toggled.has(key)), ...[...toggled].filter((key) => !roots.some((one) => one.key === key))]);
  const rows = openRows(roots, open);
  const most = Math.max(1, ...roots.map((one) => one.node.visits), ...rows.map(({ branch }) => branch.node.visits));
  const toggle = (key: string) => {
    const next = new Set(toggled);
    if (!next.delete(key)) next.add(key);
    setToggled(next);
  };
  return (
    <section aria-busy={answer.busy} aria-labelledby="tree-title">
      <h2 id="tree-title" class="unseen">{t("reports.tree")}</h2>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {answer.value && rows.length === 0 && <Empty title={t("tree.none")}><p>{t("tree.none_next")}</p></Empty>}
      {rows.length > 0 && (
        <div class="table-wrap" tabIndex={0} role="region" aria-label={t("tree.caption")}>
          <table class="figures tree" role="treegrid">
            <caption><span>{t("tree.caption")}</span></caption>
            <thead>
              <tr>
                <th scope="col">{t("tree.node")}</th><th scope="col">{t("tree.visits")}</th><th scope="col" class="is-bar"><span class="unseen">{t("overview.bar")}</span></th>
                <th scope="col">{t("tree.page_views")}</th><th scope="col">{t("tree.deepest")}</th><th scope="col">{t("tree.dwell_mean")}</th><th scope="col">{t("tree.dwell")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, shown).map(({ branch, level }) => (
                <Node key={branch.key} branch={branch} level={level} isOpen={open.has(branch.key)} most={most} onToggle={() => toggle(branch.key)} />
              ))}
            </tbody>
          </table>
          {rows.length > shown && <button type="button" class="quiet" onClick={() => setShown(shown + SHOWN)}>{t("list.more", { n: number(rows.length - shown) })}</button>}
        </div>
      )}
    </section>
  );
}

interface NodeShown { branch: Branch; level: number; isOpen: boolean; most: number; onToggle: () => void }
function Node({ branch, level, isOpen, most, onToggle }: NodeShown) {
  const { node, children } = branch;
  const name = node.path.length === 0 ? t("where.home") : branch.name;
  return (
    <tr role="row" aria-level={level} aria-expanded={children.length ? isOpen : undefined}>
      <th scope="row" role="rowheader" class={`level-${Math.min(level, 8)}`}>
        {children.length > 0
          ? <button type="button" class="twig" onClick={onToggle} aria-label={t(isOpen ? "tree.fold" : "tree.unfold", { name })}>{isOpen ? "▾" : "▸"}</button>
          : <span class="twig is-leaf" aria-hidden="true" />}
        {name}
      </th>
      <td role="gridcell">{number(node.visits)}</td>
      <td role="gridcell" class="is-bar"><Bar share={node.visits / most} /></td>
      <td role="gridcell">{number(node.page_views)}</td>
      <td role="gridcell">{number(node.deepest)}</td>
      <td role="gridcell">{duration(node.dwell_mean_ms)}</td>
      <td role="gridcell">{duration(node.dwell_ms)}</td>
    </tr>
  );
}
