// Turns the flat answers of the reports into what is drawn: a tree, drop-offs, a range of dates. Pure.
import type { FunnelRow, TreeNode, FunnelStep } from "../wire";

export interface Branch { node: TreeNode; key: string; name: string; children: Branch[] }

/** The nodes as a tree, most visited first. A node whose parent is missing hangs from the nearest one that exists. */
export function growTree(nodes: readonly TreeNode[]): Branch[] {
  const byKey = new Map<string, Branch>();
  for (const node of nodes) {
    const key = keyOf(node.path);
    byKey.set(key, { node, key, name: node.path.at(-1) ?? "", children: [] });
  }
  const roots: Branch[] = [];
  for (const branch of byKey.values()) {
    const parent = nearest(byKey, branch.node.path);
    (parent ? parent.children : roots).push(branch);
  }
  const sort = (list: Branch[]): Branch[] => {
    list.sort((a, b) => b.node.visits - a.node.visits || a.key.localeCompare(b.key));
    for (const one of list) sort(one.children);
    return list;
  };
  return sort(roots);
}

/** The rows to show: every root, and the children of what is open, with their level from 1. */
export function openRows(roots: readonly Branch[], open: ReadonlySet<string>, level = 1): { branch: Branch; level: number }[] {
  return roots.flatMap((branch) => [
    { branch, level },
    ...(open.has(branch.key) ? openRows(branch.children, open, level + 1) : []),
  ]);
}

export const keyOf = (path: readonly string[]): string => JSON.stringify(path);

function nearest(byKey: Map<string, Branch>, path: readonly string[]): Branch | undefined {
  for (let length = path.length - 1; length >= 0; length--) {
    const found = byKey.get(keyOf(path.slice(0, length)));
    if (found) return found;
  }
  return undefined;
}

export interface Drop { from: FunnelStep; to: FunnelStep; visitors: number; share: number }
/** How many reached a step and not the next; the last step loses nobody. */
export function drops(steps: readonly FunnelRow[]): (Drop | null)[] {
  return steps.map((step, at) => {
    const next = steps[at + 1];
    if (!next) return null;
    const visitors = Math.max(0, step.visitors - next.visitors);
    return { from: step.name, to: next.name, visitors, share: step.visitors ? visitors / step.visitors : 0 };
  });
}

/** The calendar day of a moment in a zone, as YYYY-MM-DD; an unknown zone counts as UTC. */
export function dayIn(zone: string | undefined, moment: Date): string {
  const parts = (timeZone: string) =>
    new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);
  try {
    return parts(zone || "UTC");
  } catch {
    return parts("UTC");
  }
}

/** A day some days earlier or later; plain calendar arithmetic, no zone. */
export function shiftDay(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
