// Rules that somebody changed and has not saved: kept for each site while the console is open, whatever is looked at.
import { signal } from "@preact/signals";
import type { Draft } from "../state/tree";

const drafts = signal<Record<string, Draft | undefined>>({});
export const draftOf = (site: string): Draft | null => drafts.value[site] ?? null;
export const keepDraft = (site: string, draft: Draft | null): void => void (drafts.value = { ...drafts.peek(), [site]: draft ?? undefined });
