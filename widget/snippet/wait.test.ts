// An engaged visitor asks politely, and stops asking when the frame is there.

import { afterEach, beforeEach, expect, test, vi } from "vitest";

const bell = vi.hoisted(() => ({ host: undefined as unknown, load: vi.fn() }));
vi.mock("./bell", () => bell);
const ask = vi.hoisted(() => vi.fn());
vi.mock("./ask", () => ({ ask }));

let hidden = false;
Object.defineProperty(document, "hidden", { get: () => hidden });

let wait: typeof import("./wait");
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** An answer after `ms`. */
const after = (ms: number, ...answer: unknown[]) => () => new Promise((done) => setTimeout(() => done(answer), ms));

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
  vi.spyOn(Math, "random").mockReturnValue(0);
  bell.host = undefined;
  hidden = false;
  bell.load.mockReset().mockImplementation(() => (bell.host = {}));
  ask.mockReset();
  vi.resetModules();
  wait = await import("./wait");
});
afterEach(() => vi.useRealTimers());

test("something waits: the frame is loaded, and nobody asks any more", async () => {
  ask.mockImplementationOnce(after(9_000, 200, { show: true }));
  void wait.engage();
  await pass(100_000);
  expect(bell.load).toHaveBeenCalledOnce();
  expect(bell.load).toHaveBeenCalledWith();
  expect(ask).toHaveBeenCalledOnce();
});

test("nothing yet: asked again at once", async () => {
  ask.mockImplementation(after(25_000, 204));
  void wait.engage();
  await pass(100_100);
  expect(ask).toHaveBeenCalledTimes(5);
});

test.each([
  ["an error", [500]],
  ["nobody there", []],
  ["a nothing that comes at once", [204]],
  ["forbidden", [403]],
])("%s: later and later", async (_, answer) => {
  ask.mockImplementation(after(1, ...answer));
  void wait.engage();
  await pass(60_000);
  expect(ask.mock.calls.length).toBeLessThan(8);
  expect(ask.mock.calls.length).toBeGreaterThan(2);
});

test("the server's Retry-After is kept to", async () => {
  ask.mockImplementation(after(1, 503, false, "30"));
  void wait.engage();
  await pass(29_000);
  expect(ask).toHaveBeenCalledOnce();
});

test("engaged twice is engaged once", async () => {
  ask.mockImplementation(after(25_000, 204));
  void wait.engage();
  void wait.engage();
  await pass(1_000);
  expect(ask).toHaveBeenCalledOnce();
});

test("a page that is not seen does not ask", async () => {
  hidden = true;
  void wait.engage();
  await pass(60_000);
  expect(ask).not.toHaveBeenCalled();
});

test("a page that is hidden takes its question back, and asks again when it is engaged again", async () => {
  ask.mockImplementation((_: string, __: object, { signal }: RequestInit) =>
    new Promise((done) => signal!.addEventListener("abort", () => done([]))));
  void wait.engage();
  await pass(10);
  hidden = true;
  wait.waiting!.abort();
  await pass(600_000);
  expect(ask).toHaveBeenCalledOnce();
  hidden = false;
  void wait.engage();
  await pass(10);
  expect(ask).toHaveBeenCalledTimes(2);
});
