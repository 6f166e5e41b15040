// The holes of a canned answer that the desk fills in, and those that nobody does.
import type { Filling } from "../../../state/canned";

export const HOLES: readonly Filling[] = ["name", "expert", "site", "topic"];

/** Holes that stay as they are: misspelt, or of another product; each once. */
export const strangeHoles = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{([\p{L}\p{N}_]+)\}/gu)].map(([whole]) => whole))].filter((whole) => !HOLES.includes(whole.slice(1, -1) as Filling));
