// Asking over HTTP: what is told is heard once and in order, what goes wrong is tried again, nothing is asked in vain.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { byAsking } from "./asking";
import { Refused, type Transport, Unanswered } from "./transport";

type Reply = { status?: number; body?: object | string } | "down";

let asked: any[], replies: Reply[], log: string[], transport: Transport, position: { conversation: string; after: number };
const told = (state: string, ...events: unknown[]): Reply => ({ body: { state, events } });
const problem = (status: number, code: string): Reply => ({ status, body: { code, detail: `It is ${code}.` } });
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  [asked, replies, log, position] = [[], [], [], { conversation: "", after: 0 }];
  vi.stubGlobal("fetch", (address: string, { body, headers, signal }: any) => {
    const reply = replies.shift();
    asked.push({ address, ...JSON.parse(body), bearer: headers.Authorization });
    return new Promise((done, fail) => {
      signal.addEventListener("abort", () => fail(new Error("aborted")));
      if (!reply) return; // the server keeps the question
      if (reply === "down") return fail(new Error("down"));
      const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
      done(new Response(text, { status: reply.status ?? 200 }));
    });
  });
  transport = byAsking(
    { site: "shop", visitor: "k", language: () => "en", position: () => position },
    {
      on: async () => void log.push("on"),
      off: () => void log.push("off"),
      refused: () => void log.push("refused"),
      heard: (name, data) => void log.push(`${name} ${data}`),
    },
  );
});
afterEach(() => {
  transport.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("first what stands open, without waiting; then it waits, from where we are and with what it was told", async () => {
  replies.push(told("s1", ["chat.invited", 1]), told("s2", ["message.added", 2], ["typing", 3]));
  position = { conversation: "c", after: 7 };
  transport.open();
  await settle(1);
  expect(log).toEqual(["on", "chat.invited 1", "message.added 2", "typing 3"]);
  expect(asked.map(({ conversation, after, state, patience }) => [conversation, after, state, patience])).toEqual([
    ["", 0, "", 0], ["c", 7, "s1", 24], ["c", 7, "s2", 24],
  ]);
  expect(new Set(asked.map(({ frame }) => frame)).size).toBe(1);
  expect(asked[0]).toMatchObject({ address: "/visitor/wait", site: "shop", bearer: "Bearer k" });
});

test("with another conversation it asks anew, at once, and with the same state", async () => {
  replies.push(told("s1"));
  transport.open();
  await settle(1);
  replies.push({ body: { ok: true, conversation: "c" } });
  void transport.command("chat.open", {}).then(() => (position = { conversation: "c", after: 1 }));
  await settle(1);
  expect(asked.map(({ conversation, after, state }) => [conversation, after, state])).toEqual([
    ["", 0, ""], ["", 0, "s1"], [undefined, undefined, undefined], ["c", 1, "s1"],
  ]);
  replies.push({ body: { ok: true, seq: 2 } });
  void transport.command("message.send", {} as never);
  await settle(1);
  expect([log, asked.length]).toEqual([["on"], 5]);
});

test("an answer that does not come is asked for again with the same state, less and less often", async () => {
  replies.push(told("s1"), "down", "down", { status: 502, body: "<html>" }, told("s1", ["message.added", 1]));
  transport.open();
  await settle(20_000);
  expect(log).toEqual(["on", "off", "off", "off", "on", "message.added 1"]);
  expect(asked.map(({ state }) => state)).toEqual(["", "s1", "s1", "s1", "s1", "s1"]);
});

test("a server that is busy is asked again, one that refuses says so", async () => {
  replies.push(problem(503, "busy"), problem(403, "unknown_site"));
  transport.open();
  await settle(3_000);
  expect(log).toEqual(["off", "refused"]);
});

test("a conversation that is not ours is not asked for twice", async () => {
  replies.push(told("s1"), problem(404, "not_found"), told("s2", ["typing", 1]));
  position = { conversation: "theirs", after: 3 };
  transport.open();
  await settle(1);
  expect(asked.map(({ conversation }) => conversation)).toEqual(["", "theirs", undefined, undefined]);
  expect(log).toEqual(["on", "typing 1"]);
});

test("a page that nobody looks at asks now and then and keeps no connection", async () => {
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  for (let i = 0; i < 20; i++) replies.push(told("s"));
  transport.open();
  await settle(40_000);
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.length).toBeLessThan(8);
  expect(asked.every(({ patience }) => patience === 0)).toBe(true);
  vi.restoreAllMocks();
});

test("closed, it tells nothing any more; opened again, it begins anew", async () => {
  replies.push(told("s1"));
  transport.open();
  await settle(1);
  transport.close();
  await settle(60_000);
  expect([log, asked.length]).toEqual([["on"], 2]);
  replies.push(told("s2"));
  transport.open();
  await settle(1);
  expect(log).toEqual(["on", "on"]);
  expect(asked[2].state).toBe("");
});

test("a command is answered, refused with the server's sentence, or not answered", async () => {
  const send = () => transport.command("chat.open", {});
  replies.push({ body: { ok: true, conversation: "c" } });
  expect(await send()).toMatchObject({ conversation: "c" });
  replies.push(problem(409, "conversation_closed"));
  await expect(send()).rejects.toThrow("It is conversation_closed.");
  replies.push(problem(503, "unavailable"));
  const refused: unknown = await send().catch((error: unknown) => error);
  expect(refused instanceof Refused && refused.passing).toBe(true);
  for (const reply of ["down", { status: 403, body: "Blocked" }] as const) {
    replies.push(reply);
    await expect(send()).rejects.toThrow(Unanswered);
  }
  const late = expect(send()).rejects.toThrow(Unanswered);
  await settle(10_001);
  await late;
  replies.push("down");
  transport.mention("typing", { conversation: "c" } as never);
  await settle(1);
});
