import { expect, it } from "vitest";
import { hear, type Connection, type ConnectionEvent } from "./connection";

const run = (...events: ConnectionEvent[]) => events.reduce<Connection>(hear, { phase: "idle" });

it("is deaf since the first loss, however often it tries in vain", () => {
  expect(run({ type: "start" }, { type: "connected", at: 1 }, { type: "lost", at: 5 }, { type: "refused", at: 9, why: "x" }))
    .toEqual({ phase: "deaf", since: 5, why: "x" });
});
it("hears again after the next connection", () => {
  expect(run({ type: "start" }, { type: "connected", at: 1 }, { type: "lost", at: 5 }, { type: "connected", at: 7 }))
    .toEqual({ phase: "live", since: 7 });
});
it("is not deaf before anybody sat down or after they left", () => {
  expect(run({ type: "lost", at: 5 })).toEqual({ phase: "idle" });
  expect(run({ type: "start" }, { type: "connected", at: 1 }, { type: "stop" }, { type: "lost", at: 5 })).toEqual({ phase: "idle" });
});
