// What the tests of these screens share: a place to draw in, a server made of a function, and fingers.
import { render, type ComponentChild } from "preact";
import { act } from "preact/test-utils";
import { vi } from "vitest";
import { notes } from "../../live/notes";
import { setLanguage } from "../../text/text";
import type { Site } from "../../wire";

export const SITE = { id: "s", key: "shop", name: "Shop", origins: ["https://shop.example"] } as Site;
export interface Asked { method: string; path: string; body: unknown }
type Says = (method: string, path: string, body: never) => unknown;

/** `says` gives what the server answers to each question; a Response goes as it is. */
export function stage(says: Says) {
  const asked: Asked[] = [];
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (path: string, { method, body }: RequestInit) => {
    const sent = typeof body === "string" ? JSON.parse(body) : (body ?? null);
    asked.push({ method: method!, path, body: sent });
    const answer = says(method!, path, sent as never);
    return answer instanceof Response ? answer : new Response(JSON.stringify(answer ?? {}), { status: 200 });
  });
  const root = document.body.appendChild(document.createElement("div"));
  const settle = () => act(async () => { await vi.advanceTimersByTimeAsync(500); });
  const within = <T extends Element>(what: string) => root.querySelector<T>(what)!;
  const labelled = (label: string) => {
    const found = [...root.querySelectorAll("label")].find((one) => one.textContent!.trim().startsWith(label))!;
    return (found.htmlFor ? document.getElementById(found.htmlFor) : found.querySelector("input, textarea, select")) as HTMLInputElement;
  };
  const button = (name: string) => [...root.querySelectorAll("button")].find((one) => one.textContent!.trim().startsWith(name))!;
  return {
    asked, root, settle, within, labelled, button,
    text: () => root.textContent ?? "",
    show: async (what: ComponentChild) => { act(() => render(what, root)); await settle(); },
    press: async (name: string) => { act(() => button(name).click()); await settle(); },
    tick: async (label: string) => { act(() => labelled(label).click()); await settle(); },
    type: async (label: string, text: string) => {
      const field = labelled(label);
      act(() => { field.value = text; field.dispatchEvent(new Event("input", { bubbles: true })); });
      await settle();
    },
    end: () => {
      act(() => { render(null, root); setLanguage("en"); });
      root.remove();
      notes.value = [];
      vi.unstubAllGlobals();
      vi.useRealTimers();
    },
  };
}
