// The two lists of events: the rejected, page by page; and in test mode what comes, asked for every second. Events that
// were committed side by side may show out of order, so a little of what is known is asked for again and told apart by id.
import { useEffect, useState } from "preact/hooks";
import { http } from "../../live/http";
import { usePolled } from "../../live/poll";
import type { EventSeen, EventsSeen } from "../../wire";

const STREAM_MS = 1_000;
const REJECTED_MS = 5_000;
const AGAIN_MS = 3_000;
const MOST = 500;

export interface Stream { items: EventSeen[]; rejected: Record<string, number>; last_at: string | null; busy: boolean; problem: string | null; more: (() => void) | null }

/** Newest first, each once. */
export function joined(fresh: readonly EventSeen[], known: readonly EventSeen[]): EventSeen[] {
  const ids = new Set(fresh.map((one) => one.id));
  return [...fresh, ...known.filter((one) => !ids.has(one.id))].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.id < b.id ? 1 : -1)).slice(0, MOST);
}
/** The newest known event that is old enough for everything before it to be known too. */
export function settled(known: readonly EventSeen[]): string | undefined {
  const newest = known[0] ? Date.parse(known[0].at) : 0;
  return known.find((one) => Date.parse(one.at) < newest - AGAIN_MS)?.id;
}

export function useStream(site: string | null): Stream {
  const [items, setItems] = useState<EventSeen[]>([]);
  useEffect(() => setItems([]), [site]);
  const answer = usePolled(site, STREAM_MS, async () => {
    const seen = await http<EventsSeen>("GET", `/api/sites/${site}/events`, undefined, { limit: 200, after: settled(items) });
    setItems((known) => joined(seen.items, known));
    return seen;
  });
  return { items, rejected: answer.value?.rejected ?? {}, last_at: answer.value?.last_at ?? null, busy: !answer.value && answer.busy, problem: answer.problem, more: null };
}

export function useRejected(site: string | null, reason: string | null): Stream {
  const [older, setOlder] = useState<{ items: EventSeen[]; next: string | null } | null>(null);
  useEffect(() => setOlder(null), [site, reason]);
  const ask = (cursor: string | null) => http<EventsSeen>("GET", `/api/sites/${site}/events`, undefined, { outcome: "rejected", reason, cursor });
  const answer = usePolled(site && `${site}/${reason ?? ""}`, REJECTED_MS, () => ask(null));
  const next = older ? older.next : (answer.value?.next ?? null);
  const more = () => void ask(next).then((page) => setOlder({ items: [...(older?.items ?? []), ...page.items], next: page.next }), () => undefined);
  return {
    items: joined(answer.value?.items ?? [], older?.items ?? []), rejected: answer.value?.rejected ?? {}, last_at: answer.value?.last_at ?? null,
    busy: !answer.value && answer.busy, problem: answer.problem, more: next ? more : null,
  };
}
