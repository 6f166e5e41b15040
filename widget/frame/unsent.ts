// What was written here and the server does not have yet. Each message is an entry of its own in the browser's storage,
// so that no reload, crash or other tab loses one. The tab that holds an entry sends it; an entry whose tab has gone is
// for the next. Two tabs that send the same one do no harm: the server takes each client_id once.

import type { Unsent } from "./thread";

interface Entry extends Unsent {
  /** Who holds it ("" nobody), and until when (ms since 1970) we believe that. */
  tab: string;
  until: number;
  order: number;
}

type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** A tab that did not renew what it holds for so long, ms, is not there any more. */
export const LEASE = 30_000;
/** How often to look, ms. */
export const EVERY = 10_000;

/** Where entries are kept: between tabs if the browser lets a frame do so, else in this tab, else until the page goes. */
export function bestStorage(): Kept {
  for (const storage of [() => localStorage, () => sessionStorage]) {
    try {
      storage().setItem("shopbell.try", "");
      storage().removeItem("shopbell.try");
      return storage();
    } catch {
      // The next one.
    }
  }
  const held = new Map<string, string>();
  return {
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => void held.set(key, value),
    removeItem: (key) => void held.delete(key),
    key: (i) => [...held.keys()][i] ?? null,
    get length() {
      return held.size;
    },
  };
}

/** The queue of one visitor on one site, as one tab sees it. */
export class Queue {
  private readonly prefix: string;
  private readonly mine = new Map<string, Entry>();
  private last = 0;

  constructor(
    whose: string,
    private readonly storage: Kept = bestStorage(),
    private readonly tab: string = crypto.randomUUID(),
    private readonly now: () => number = Date.now,
  ) {
    this.prefix = `shopbell.unsent.${whose}.`;
  }

  /** What this tab holds, in order; `list` replaces it. What is no longer in the list is done with. */
  hold(list: Unsent[]): void {
    const ids = new Set(list.map(({ client_id }) => client_id));
    for (const id of this.mine.keys()) if (!ids.has(id)) this.remove(id);
    for (const message of list) {
      const known = this.mine.get(message.client_id);
      this.last = Math.max(this.last + 1, this.now());
      const entry = { ...message, ...this.held(), order: known?.order ?? this.last };
      if (JSON.stringify({ ...entry, until: 0 }) === JSON.stringify(known && { ...known, until: 0 })) continue;
      this.mine.set(message.client_id, entry);
      this.write(entry);
    }
  }

  /** Takes over what nobody holds, renews what we hold, lets go of what another tab took; what we hold now. */
  look(): Unsent[] {
    for (const entry of this.stored()) {
      const free = !entry.tab || entry.until < this.now();
      if (entry.tab !== this.tab && !free) this.mine.delete(entry.client_id);
      else if (free || entry.until - this.now() < LEASE - EVERY / 2) {
        const held = { ...entry, ...this.held() };
        this.mine.set(entry.client_id, held);
        this.write(held);
      }
    }
    return [...this.mine.values()]
      .sort((a, b) => a.order - b.order || (a.client_id < b.client_id ? -1 : 1))
      .map(({ tab, until, order, ...message }) => message);
  }

  /** This tab goes: what it holds is for the next one, at once. */
  leave(): void {
    for (const entry of this.mine.values()) this.write({ ...entry, tab: "" });
  }

  /** Whether a key of the storage is an entry of ours. */
  knows = (key: string | null): boolean => !!key?.startsWith(this.prefix);

  private held = () => ({ tab: this.tab, until: this.now() + LEASE });

  private stored(): Entry[] {
    const found: Entry[] = [];
    try {
      for (let i = 0; i < this.storage.length; i++) {
        const key = this.storage.key(i);
        if (this.knows(key)) found.push(JSON.parse(this.storage.getItem(key!)!) as Entry);
      }
    } catch {
      // What cannot be read is not there.
    }
    return found.filter((entry) => entry?.client_id);
  }

  private write(entry: Entry): void {
    try {
      this.storage.setItem(this.prefix + entry.client_id, JSON.stringify(entry));
    } catch {
      // A full storage: it is kept until the page goes.
    }
  }

  private remove(id: string): void {
    this.mine.delete(id);
    try {
      this.storage.removeItem(this.prefix + id);
    } catch {
      // The server takes it once.
    }
  }
}
