// @vitest-environment happy-dom
// What a desk shows of a conversation goes as far as the desk knows that the conversation goes.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { applyAll, deskFrom, type Desk } from "../state/desk";
import { conversation, me, message } from "../state/fixtures";
import type { Conversation, Message } from "../wire";
import { Problem } from "./http";
import { closeThread, openThread, threads } from "./threads";
import { desk, looked } from "./value";

const line = vi.hoisted(() => ({ hears: true, ask: (_name: string, _data: object): unknown => ({ messages: [] }) }));
vi.mock("./line", () => ({
  hears: () => line.hears, tell: () => undefined, askOrThrow: async (name: string, data: object) => line.ask(name, data),
}));

const boris = { id: "boris", name: "Boris" };
let said: Message[];
let asked: number[];
const says = (...texts: string[]) => { for (const text of texts) said.push(message({ seq: said.length + 1, text })); };
const brief = (some: Partial<Conversation> = {}) => conversation({ last_seq: said.length, last: said.at(-1) ?? null, ...some });
const shown = () => threads.value.get("c")?.messages.map((one) => one.text);
const settle = () => vi.advanceTimersByTimeAsync(0);
const snapshot = (...conversations: Conversation[]) => { desk.value = deskFrom({ me, alerts: [], conversations, experts: [], sites: [] }, [], desk.value); };
const changed = (some: Partial<Conversation>) => {
  desk.value = applyAll(desk.value as Desk, [{ name: "conversation.changed", data: { conversation: brief(some) } }], 1);
};

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ items: [], next: null })));
  [said, asked, line.hears] = [[], [], true];
  line.ask = (_name, data) => {
    const { seq } = data as { seq: number };
    asked.push(seq);
    return { messages: said.filter((one) => one.seq > seq).slice(0, 100) };
  };
  says("Hello");
  snapshot(brief());
  await openThread("c");
  expect(shown()).toEqual(["Hello"]);
  asked = [];
});
afterEach(() => {
  closeThread("c");
  desk.value = null;
  looked.value = new Map();
  threads.value = new Map();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("asks for what a colleague and the visitor said meanwhile when it comes back from them", async () => {
  changed({ expert: boris });
  says("Boris joined", "I have it", "Boris had to leave");
  changed({ expert: null });
  await settle();
  expect(shown()).toEqual(["Hello", "Boris joined", "I have it", "Boris had to leave"]);
  expect(asked).toEqual([1]);
});
it("asks where it was gone and back before anybody looked", async () => {
  says("Boris joined", "Boris had to leave");
  changed({ expert: null });
  await settle();
  expect(shown()).toEqual(["Hello", "Boris joined", "Boris had to leave"]);
});
it("asks for what is said to a conversation that is nobody's: that comes to no desk by itself", async () => {
  changed({ expert: null });
  says("Is anybody there?");
  changed({ expert: null });
  await settle();
  expect(shown()).toEqual(["Hello", "Is anybody there?"]);
});
it("asks where a new snapshot goes further, and where a colleague's was asked for anew", async () => {
  says("While deaf");
  snapshot(brief());
  await settle();
  expect(shown()).toEqual(["Hello", "While deaf"]);
  says("At Boris's desk");
  snapshot();
  looked.value = new Map([["c", brief({ expert: boris })]]);
  await settle();
  expect(shown()).toEqual(["Hello", "While deaf", "At Boris's desk"]);
});
it("asks for all of it, however much it is", async () => {
  says(...Array.from({ length: 250 }, (_, at) => `word ${at}`));
  changed({});
  await settle();
  expect(shown()).toHaveLength(251);
  expect(asked).toEqual([1, 101, 201]);
});
it("shows in which state the cards above are now, where something was said of them meanwhile", async () => {
  said.push(message({ seq: 2, kind: "offer", text: "Bench", data: { state: "open" } }));
  changed({});
  await settle();
  said[1] = { ...said[1]!, data: { state: "accepted" } };
  said.push(message({ seq: 3, kind: "event", text: "Accepted", author: { kind: "system", name: "" } }));
  changed({ expert: null });
  await settle();
  expect(threads.value.get("c")!.messages.map((one) => one.data)).toEqual([null, { state: "accepted" }, null]);
});
it("asks again after a refusal, not at every turn, and not without a line", async () => {
  const answers = line.ask;
  let refused = 0;
  line.ask = () => { refused++; throw new Problem("unavailable", 503, ""); };
  says("Boris joined");
  changed({ expert: null });
  await settle();
  changed({ expert: null, unread: 1 });
  await settle();
  expect([refused, shown()]).toEqual([1, ["Hello"]]);
  line.hears = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(refused).toBe(1);
  [line.hears, line.ask] = [true, answers];
  changed({ expert: null });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shown()).toEqual(["Hello", "Boris joined"]);
});
it("asks for nothing where everything is there", async () => {
  changed({ unread: 1 });
  says("More");
  threads.value = new Map([["c", { ...threads.value.get("c")!, messages: [...said] }]]);
  changed({});
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
});
