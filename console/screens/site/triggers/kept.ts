// What somebody is writing survives a reload: it stays in this tab until it is saved or given up.
import { useState } from "preact/hooks";

const PREFIX = "shopbell.draft.";

/** The draft under this name, null where there is none; and what keeps the next one (null forgets it). */
export function useKept<T>(name: string): [T | null, (to: T | null) => void] {
  const [value, setValue] = useState<T | null>(() => read<T>(name));
  return [value, (to) => { setValue(to); keep(name, to); }];
}
function read<T>(name: string): T | null {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "null") as T | null;
  } catch {
    return null;
  }
}
/** Keeps it for the next reload, and draws nothing anew. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Storage is closed or full: the draft lives until the page is left.
  }
}
