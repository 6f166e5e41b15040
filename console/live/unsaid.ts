// Words that somebody has begun to write, per conversation or visit; they survive a reload of this tab. Kept a moment
// after the last key, so that a letter costs nothing, and at once when the page goes away.
import { signal } from "@preact/signals";

const KEPT = "shopbell.drafts";
const AFTER_MS = 400;
let timer: ReturnType<typeof setTimeout> | undefined;

export const drafts = signal<Record<string, string>>(kept());
export function setDraft(id: string, text: string): void {
  const next = { ...drafts.peek() };
  // An invitation that somebody has emptied does not begin anew with our words.
  if (text || id.startsWith("visit:")) next[id] = text;
  else delete next[id];
  drafts.value = next;
  timer ??= setTimeout(keep, AFTER_MS);
}
globalThis.addEventListener?.("pagehide", keep);

function keep(): void {
  clearTimeout(timer);
  timer = undefined;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(drafts.peek()));
  } catch {
    // Kept in memory only.
  }
}
function kept(): Record<string, string> {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
}
