// @vitest-environment happy-dom
// One that this desk does not hold is believed as it was last told, wherever the word comes from.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { deskFrom } from "../state/desk";
import { conversation, me } from "../state/fixtures";
import type { Conversation } from "../wire";
import "./desk";
import { lookAgain, openTalk } from "./looked";
import { select, selection } from "./selection";
import { applyHere, desk, looked, talkOf } from "./value";

const boris = { id: "boris", name: "Boris" };
let there: Conversation;
const hear = (some: Partial<Conversation>) => applyHere({ name: "conversation.changed", data: { conversation: (there = { ...there, ...some }) } });

beforeEach(async () => {
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(there)));
  desk.value = deskFrom({ me, alerts: [], conversations: [], experts: [], sites: [] }, []);
  there = conversation({ expert: boris, last_seq: 3 });
  await openTalk("c");
});
afterEach(() => { [desk.value, selection.value, looked.value] = [null, null, new Map()]; vi.unstubAllGlobals(); });

it("is a colleague's again when they took it again, not what it was when somebody looked", () => {
  hear({ expert: null, last_seq: 5 });
  expect(talkOf("c")).toMatchObject({ expert: null, last_seq: 5 });
  hear({ expert: { id: "clara", name: "Clara" }, last_seq: 6 });
  expect(desk.value!.conversations).toEqual([]);
  expect(talkOf("c")).toMatchObject({ expert: { name: "Clara" }, last_seq: 6 });
});
it("is not what late news say", () => {
  hear({ last_seq: 5 });
  hear({ last_seq: 4, expert: null });
  expect(looked.value.get("c")).toMatchObject({ expert: boris, last_seq: 5 });
});
it("is asked for anew after a time in which nothing was heard, where it stands open", async () => {
  there = { ...there, last_seq: 9 };
  select("visit", "v");
  await lookAgain();
  expect(talkOf("c")?.last_seq).toBe(3);
  select("conversation", "c");
  await lookAgain();
  expect(talkOf("c")?.last_seq).toBe(9);
});
