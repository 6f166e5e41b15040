// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { desk } from "../live/desk";
import { deskFrom } from "../state/desk";
import { expert, me } from "../state/fixtures";
import { setLanguage } from "../text/text";
import type { Me } from "../wire";
import { Absence } from "./TopBar";

let root: HTMLElement;
const text = () => root.textContent ?? "";
const show = (some: Partial<Me>) =>
  act(() => { desk.value = deskFrom({ me: { ...me, ...some }, alerts: [], conversations: [], experts: [], sites: [] }, []); });

beforeEach(() => {
  root = document.body.appendChild(document.createElement("div"));
  act(() => render(<Absence />, root));
});
afterEach(() => {
  act(() => { render(null, root); desk.value = null; setLanguage("en"); });
  root.remove();
});

it("says nothing while somebody is there", () => {
  show({});
  expect(root.children).toHaveLength(0);
});

it("lets somebody who is away say why, and shows what they said", () => {
  show({ status: "away", status_reason: "lunch" });
  const field = root.querySelector("input")!;
  expect([field.value, field.maxLength, field.getAttribute("aria-label")]).toEqual(["lunch", 100, "Why? Colleagues see it, for instance: lunch"]);
});

it.each([
  ["missed", "Three bells in a row rang out here, so you are away now."],
  ["idle", "Nobody touched this desk for 10 minutes: you are away until you are back."],
])("says that it was not their word (%s)", (status_reason, said) => {
  show({ status: "away", status_reason });
  expect(text()).toContain(said);
  expect(root.querySelector("input")).toBeNull();
});

it("tells what went to colleagues while the line was lost, in both languages", () => {
  show({ handed_on: 2 });
  expect(text()).toContain("Your line was lost: 2 conversations of yours went to your colleagues.");
  act(() => setLanguage("ru"));
  expect(text()).toContain("Связь прервалась: 2 ваших разговора переданы коллегам.");
});
it("says until when one draws breath, in both languages", () => {
  const own = { ...expert, rest_until: new Date(Date.now() + 60_000).toISOString() };
  act(() => { desk.value = deskFrom({ me, alerts: [], conversations: [], experts: [own], sites: [] }, []); });
  expect(text()).toContain("Breathing until");
  act(() => setLanguage("ru"));
  expect(text()).toContain("Перерыв до");
});
it("says that one is there beside one's hours, and until when", () => {
  const own = { ...expert, overtime_until: new Date(Date.now() + 60_000).toISOString() };
  act(() => { desk.value = deskFrom({ me, alerts: [], conversations: [], experts: [own], sites: [] }, []); });
  expect(text()).toContain("Outside your working hours");
});
