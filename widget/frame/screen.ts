// What the panel shows: the conversation, or one thing beside it that leads back to it.

import { signal } from "@preact/signals";

export type Screen = { name: "chat" } | { name: "callback" } | { name: "transcript" } | { name: "search" } | { name: "article"; article: string };

export const screen = signal<Screen>({ name: "chat" });
/** What had the focus when somebody went on: it gets it back. */
let from: Element | null = null;
/** An article that was found leads back to what was found. */
let searched = false;

export function go(to: Screen): void {
  if (screen.value.name === "chat") from = document.activeElement;
  searched = screen.value.name === "search" && to.name === "article";
  screen.value = to;
}

export function goBack(to?: "field"): void {
  if (searched && !to) return go({ name: "search" });
  searched = false;
  screen.value = { name: "chat" };
  queueMicrotask(() => {
    const again = to !== "field" && from?.isConnected && from !== document.body ? from : document.querySelector("textarea");
    (again as HTMLElement | null)?.focus();
    from = null;
  });
}
