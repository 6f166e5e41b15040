// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Canned } from "../../wire";
import { CannedAnswers, findCanned } from "./CannedAnswers";
import { goodShortcut, plainShortcut } from "./knowledge/CannedForm";
import { strangeHoles } from "./knowledge/holes";
import { SITE, stage } from "./screen.fixture";

let on: ReturnType<typeof stage>;
const HERE = { ...SITE, language: "ru" } as typeof SITE;
const ALL: Canned[] = [
  { id: "1", site: "s", shortcut: "hi", title: "Hello", text: "Hello {name}", language: "en" },
  { id: "2", site: "s", shortcut: "цена", title: "Цена", text: "С налогом", language: "ru" },
];
let refuses = false;
const sent = () => on.asked.filter(({ method }) => method !== "GET");

beforeEach(() => {
  refuses = false;
  on = stage((method, _, body: object) => {
    if (method === "GET") return { items: ALL, next: null };
    if (refuses) return new Response(JSON.stringify({ code: "exists", detail: "This exists already. (shortcut)" }), { status: 409 });
    return method === "DELETE" ? new Response(null, { status: 204 }) : { ...ALL[0], ...body };
  });
});
afterEach(() => { on.end(); sessionStorage.clear(); });

it("finds by shortcut, words and language", () => {
  for (const [words, found] of [["", ["1", "2"]], ["/hi", ["1"]], ["налогом", ["2"]], ["russian", ["2"]], ["no", []]] as const)
    expect(findCanned(ALL, words).map(({ id }) => id)).toEqual(found);
});
it.each([["/Hi", "hi", true], [" hi there ", "hi there", false], ["цена_2-а", "цена_2-а", true], ["", "", false], ["x".repeat(41), "x".repeat(41), false]])("takes %j as a shortcut", (typed, plain, good) => {
  expect([plainShortcut(typed), goodShortcut(plainShortcut(typed))]).toEqual([plain, good]);
});
it("names the holes that nobody fills in, once each", () => {
  expect(strangeHoles("{name} {nmae} {nmae} {toString} {site} {имя}")).toEqual(["{nmae}", "{toString}", "{имя}"]);
});
it("writes one, with what the desk fills in, and warns of what nobody fills in", async () => {
  await on.show(<CannedAnswers site={HERE} />);
  await on.press("+ New canned answer");
  await on.type("Shortcut", "/Bye");
  await on.type("Title", "Goodbye");
  await on.type("Text", "Bye {nmae} ");
  expect(on.text()).toContain("Nobody fills in {nmae}");
  await on.type("Text", "Bye ");
  act(() => { const field = on.labelled("Text"); field.setSelectionRange(4, 4); });
  await on.press("{name}");
  expect(on.labelled("Text").value).toBe("Bye {name}");
  expect(on.within(".preview-text").textContent).toBe("Bye Maria");
  await on.press("Save");
  expect(sent()).toEqual([{ method: "POST", path: "/api/canned", body: { site: "s", shortcut: "bye", title: "Goodbye", text: "Bye {name}", language: "ru" } }]);
});
it("says at the field that a shortcut is taken, and keeps what was written", async () => {
  refuses = true;
  await on.show(<CannedAnswers site={HERE} />);
  act(() => on.within<HTMLElement>('[data-id="1"]').click());
  await on.settle();
  await on.type("Shortcut", "цена");
  await on.press("Save");
  expect(on.text()).toContain("Another answer of this language has this shortcut.");
  expect(on.labelled("Shortcut").value).toBe("цена");
  expect(on.labelled("Shortcut").getAttribute("aria-invalid")).toBe("true");
});
it("deletes one only when asked twice", async () => {
  await on.show(<CannedAnswers site={HERE} />);
  act(() => on.within<HTMLElement>('[data-id="2"]').click());
  await on.settle();
  await on.press("Delete");
  expect(sent()).toEqual([]);
  await on.press("Yes, delete");
  expect(sent()).toMatchObject([{ method: "DELETE", path: "/api/canned/2" }]);
});
