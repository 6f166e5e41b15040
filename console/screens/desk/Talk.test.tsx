// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { desk } from "../../live/desk";
import { serverNow } from "../../live/http";
import { selection } from "../../live/selection";
import { threads, typing } from "../../live/threads";
import { drafts } from "../../live/unsaid";
import { conversation, me, message, visit } from "../../state/fixtures";
import { deskFrom } from "../../state/desk";
import { newThread } from "../../state/thread";
import { setLanguage } from "../../text/text";
import type { Conversation, Transfer } from "../../wire";
import { stage } from "../site/screen.fixture";
import { noting } from "./Composer";
import { useKeys } from "./Keys";
import { Talk } from "./Talk";

let on: ReturnType<typeof stage>;
const boris = { id: "boris", name: "Boris" };
const offer = (some: Partial<Transfer> = {}): Transfer => ({ alert: "a", conversation: "c", by: { id: me.id, name: me.name }, to: boris, topic: [], note: "", state: "waiting", at: "2026-01-01T00:00:00Z", ...some });
function Screen() {
  useKeys();
  return <Talk />;
}
const show = async (some: Partial<Conversation>) => {
  threads.value = new Map([["c", { ...newThread("c"), loaded: true, messages: [message()] }]]);
  desk.value = deskFrom({ me, alerts: [], conversations: [conversation(some)], experts: [], sites: [] }, [visit()]);
  selection.value = { kind: "conversation", id: "c" };
  await on.show(<Screen />);
};
beforeEach(() => { on = stage(() => ({ items: [], next: null })); });
afterEach(() => {
  on.end();
  act(() => { desk.value = null; selection.value = null; threads.value = new Map(); typing.value = new Map(); noting.value = new Set(); drafts.value = {}; setLanguage("en"); });
});
const key = (key: string, code: string, more: Partial<KeyboardEventInit> = {}, target: EventTarget = document.body) =>
  act(() => { target.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, ...more })); });

it("says that silence ends it, with the time that is left, and what keeps it open", async () => {
  await show({ ends_at: new Date(serverNow() + 185_000).toISOString() });
  expect(on.within("[role=timer]").textContent).toMatch(/^3:0\d$/);
  expect(on.text()).toContain("unless somebody writes");
});
it.each([
  [offer(), "Offered: Boris. It stays yours"], [offer({ state: "declined" }), "Boris: declined."], [offer({ state: "expired" }), "Boris: nobody took it."],
  [offer({ to: null, topic: ["Garden", "Hoses"] }), "Offered: Garden › Hoses."],
])("says what became of an offer to colleagues", async (transfer, said) => {
  await show({ transfer });
  expect(on.text()).toContain(said);
});
it("shows how a closed one was rated, and opens it again only for whose it was", async () => {
  await show({ state: "closed", rating: { score: 4, comment: "Quick!", at: "2026-01-01T00:00:00Z" } });
  expect(on.within(".rating").textContent).toBe("Rated 4 of 5Quick!");
  expect(on.button("Open again")).toBeTruthy();
  await show({ state: "closed", expert: boris });
  expect(on.button("Open again")).toBeUndefined();
});
it("writes a note for colleagues from the key, from within the field, and in any alphabet", async () => {
  await show({});
  const field = () => on.within<HTMLTextAreaElement>("#composer");
  expect(field().getAttribute("aria-label")).toBe("Your message");
  key("т", "KeyN");
  await on.settle();
  expect(field().getAttribute("aria-label")).toBe("Your note for colleagues");
  key("Escape", "Escape", {}, field());
  expect(field().getAttribute("aria-label")).toBe("Your message");
  key("n", "KeyN", { altKey: true }, field());
  expect(field().getAttribute("aria-label")).toBe("Your note for colleagues");
});
it("keeps what was meant for the visitor apart from what was meant for the house", async () => {
  await show({});
  act(() => { drafts.value = { c: "to her", "note:c": "to us" }; });
  expect(on.within<HTMLTextAreaElement>("#composer").value).toBe("to her");
  act(() => { noting.value = new Set(["c"]); });
  expect(on.within<HTMLTextAreaElement>("#composer").value).toBe("to us");
});
