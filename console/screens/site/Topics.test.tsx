// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Topic } from "../../wire";
import { SITE, stage } from "./screen.fixture";
import { findTopics, knownBy, phrasesOf, Topics } from "./Topics";

let on: ReturnType<typeof stage>;
const topic = (path: string[], phrases: string[] = [], names: string[] = []): Topic =>
  ({ id: path.join("/") || "root", path, depth: path.length, phrases, experts: names.map((name) => ({ id: name, name })) });
const ALL = [topic(["Garden", "Peas"]), topic([]), topic(["Garden"], ["my roses are ill"], ["Anna"])];
const saved = () => on.asked.filter((one) => one.method === "PATCH");

beforeEach(() => { on = stage((method, _, body: { phrases: string[] }) => (method === "PATCH" ? { ...ALL[2]!, phrases: body.phrases } : { items: ALL, next: null })); });
afterEach(() => { on.end(); sessionStorage.clear(); });

it("takes a phrase a line, without empty lines and repeats", () => {
  expect(phrasesOf(" a b \n\n c\na b\n")).toEqual(["a b", "c"]);
});
it("finds a topic by its place and by who knows it, the shallow first", () => {
  expect(findTopics(ALL, "", 9).map(({ id }) => id)).toEqual(["root", "Garden", "Garden/Peas"]);
  expect(findTopics(ALL, "anna", 9).map(({ id }) => id)).toEqual(["Garden"]);
});
it("keeps the phrases that were written", async () => {
  await on.show(<Topics site={SITE} changes />);
  act(() => [...on.root.querySelectorAll<HTMLElement>(".row")].find((one) => one.textContent!.startsWith("Garden1 phrase"))!.click());
  await on.settle();
  expect(on.labelled("Phrases for Garden").value).toBe("my roses are ill");
  await on.type("Phrases for Garden", "my roses are ill\nwhen do I sow peas\n");
  await on.press("Save the phrases");
  expect(saved()).toEqual([{ method: "PATCH", path: "/api/topics/Garden", body: { phrases: ["my roses are ill", "when do I sow peas"] } }]);
  expect(on.text()).toContain("2 phrases");
});
it("says what is too much before it is sent", async () => {
  await on.show(<Topics site={SITE} changes />);
  act(() => on.within<HTMLElement>(".row").click());
  await on.settle();
  await on.type("Phrases for Home page", Array.from({ length: 201 }, (_, n) => `phrase ${n}`).join("\n"));
  expect(on.text()).toContain("201 phrases; 200 at most.");
  await on.type("Phrases for Home page", "x".repeat(301));
  expect(on.text()).toContain("Too long, 300 characters at most");
  expect(on.button("Save the phrases").disabled).toBe(true);
});
it("lets whoever looks on read them", async () => {
  await on.show(<Topics site={SITE} changes={false} />);
  act(() => on.within<HTMLElement>(".row").click());
  await on.settle();
  expect(on.within<HTMLTextAreaElement>("textarea").readOnly).toBe(true);
  expect(on.root.querySelector("[type=submit]")).toBeNull();
});
it("says through which place somebody knows a topic, and calls nobody's what nobody knows", () => {
  const places = new Map([...ALL, topic(["Hearth"])].map((one) => [JSON.stringify(one.path), one]));
  expect(["Garden/Peas", "Garden", "Hearth"].map((id) => knownBy([...places.values()].find((one) => one.id === id)!, places))).toEqual(["Anna, through Garden", "Anna", "nobody's own topic"]);
});
