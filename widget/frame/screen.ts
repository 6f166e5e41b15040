// What the panel shows: the conversation, or one thing beside it that leads back to it.

import { signal } from "@preact/signals";

export type Screen = { name: "chat" } | { name: "callback" } | { name: "transcript" } | { name: "article"; article: string };

export const screen = signal<Screen>({ name: "chat" });
/** What had the focus when somebody went on: it gets it back. */
let from: Element | null = null;

export function go(to: Screen): void {
  if (screen.value.name === "chat") from = document.activeElement;
  screen.value = to;
}

export function goBack(to?: "field"): void {
  screen.value = { name: "chat" };
  queueMicrotask(() => {
    const again = to !== "field" && from?.isConnected && from !== document.body ? from : document.querySelector("textarea");
    (again as HTMLElement | null)?.focus();
    from = null;
  });
}
