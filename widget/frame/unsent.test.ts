// What was written is kept until the server has it: over reloads, crashes and other tabs.

import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Unsent } from "./thread";
import { bestStorage, EVERY, LEASE, Queue } from "./unsent";

let now = 1_000_000;
const tab = (name: string, whose = "shop.aaaa") => new Queue(whose, localStorage, name, () => now);
const words = (id: string, more: Partial<Unsent> = {}): Unsent => ({ client_id: id, text: `say ${id}`, at: "", ...more });
const ids = (list: Unsent[]) => list.map(({ client_id }) => client_id);

beforeEach(() => localStorage.clear());

describe("one tab", () => {
  test("finds after a reload what it left, in order, with what is known of each", () => {
    const before = tab("1");
    before.hold([words("b"), words("a", { error: "Too long." }), words("c", { tried: "talk" })]);
    before.leave();
    const after = tab("2").look();
    expect(after).toEqual([words("b"), words("a", { error: "Too long." }), words("c", { tried: "talk" })]);
  });

  test("forgets what the server has", () => {
    const queue = tab("1");
    queue.hold([words("a"), words("b")]);
    queue.hold([words("b")]);
    queue.leave();
    expect(ids(tab("2").look())).toEqual(["b"]);
    expect(localStorage.length).toBe(1);
  });

  test("keeps its order however fast one types", () => {
    const queue = tab("1");
    const all = Array.from({ length: 20 }, (_, i) => words(`${99 - i}`));
    all.forEach((_, i) => queue.hold(all.slice(0, i + 1)));
    queue.leave();
    expect(tab("2").look()).toEqual(all);
  });
});

describe("two tabs", () => {
  test("do not touch what the other holds", () => {
    const [one, two] = [tab("1"), tab("2")];
    one.hold([words("a")]);
    two.hold([words("b")]);
    expect([ids(one.look()), ids(two.look())]).toEqual([["a"], ["b"]]);
  });

  test("one that closes leaves its words to the other at once", () => {
    const [one, two] = [tab("1"), tab("2")];
    one.hold([words("a")]);
    one.leave();
    expect(ids(two.look())).toEqual(["a"]);
    expect(ids(tab("3").look())).toEqual([]);
  });

  test("one that died leaves them when its time is over, one that lives renews it", () => {
    const [dead, alive, other] = [tab("1"), tab("2"), tab("3")];
    dead.hold([words("a")]);
    alive.hold([words("b")]);
    for (let passed = 0; passed <= LEASE; passed += EVERY) {
      now += EVERY;
      alive.look();
    }
    expect([ids(other.look()), ids(alive.look())]).toEqual([[], ["a", "b"]]);
  });

  test("one that slept gives up what was taken over, and does not take it away again", () => {
    const [slept, other] = [tab("1"), tab("2")];
    slept.hold([words("a"), words("b")]);
    now += LEASE + 1;
    expect(ids(other.look())).toEqual(["a", "b"]);
    other.hold([words("b")]);
    slept.hold(slept.look().filter(({ client_id }) => client_id !== "b"));
    expect(ids(other.look())).toEqual(["b"]);
  });

  test("that look at each other's changes come to rest", () => {
    const [one, two] = [tab("1"), tab("2")];
    one.hold([words("a")]);
    two.hold([words("b")]);
    now += EVERY;
    one.look();
    two.look();
    const write = vi.spyOn(Storage.prototype, "setItem");
    for (let i = 0; i < 5; i++) [one, two].forEach((queue) => queue.look());
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
  });
});

test("another person's words at the same browser are not ours to send", () => {
  const ann = tab("1", "shop.aaaa");
  ann.hold([words("a")]);
  ann.leave();
  expect(tab("2", "shop.bbbb").look()).toEqual([]);
  expect(tab("3", "other.aaaa").look()).toEqual([]);
});

test("storage that throws is replaced by the next best, and at last by memory", () => {
  const closed = vi.spyOn(window, "localStorage", "get").mockImplementation(() => {
    throw new Error("no");
  });
  expect(bestStorage()).toBe(sessionStorage);
  const session = vi.spyOn(window, "sessionStorage", "get").mockImplementation(() => {
    throw new Error("no");
  });
  const queue = new Queue("shop.aaaa", bestStorage(), "1");
  queue.hold([words("a")]);
  expect(ids(queue.look())).toEqual(["a"]);
  closed.mockRestore();
  session.mockRestore();
});

test("entries that are none are passed over", () => {
  localStorage.setItem("shopbell.unsent.shop.aaaa.x", "null");
  localStorage.setItem("shopbell.unsent.shop.aaaa.y", "{}");
  const queue = tab("1");
  queue.hold([words("a")]);
  expect(ids(queue.look())).toEqual(["a"]);
});
