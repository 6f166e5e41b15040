// One line, two ways: whichever is through carries, the socket before asking, and every change is an arrival.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { choose, type Line } from "./choose";
import type { Ears, Transport } from "./transport";

class Way implements Transport {
  trying = false;
  opened = 0;
  ears!: Ears;
  open() {
    this.opened++;
    this.trying = true;
  }
  close() {
    this.trying = false;
  }
  command = vi.fn();
  mention = vi.fn();
  through() {
    void this.ears.on();
  }
  fails() {
    this.trying = false;
    this.ears.off();
  }
}

let socket: Way, asking: Way, line: Line, states: string[], arrivals: number, heard: unknown[];

beforeEach(() => {
  vi.useFakeTimers();
  [socket, asking, states, arrivals, heard] = [new Way(), new Way(), [], 0, []];
  const with_ = (way: Way) => (ears: Ears) => {
    way.ears = ears;
    return way;
  };
  line = choose(with_(socket), with_(asking), {
    state: (now) => states.push(now),
    arrived: async () => void arrivals++,
    heard: (name, data) => heard.push([name, data]),
  });
});
afterEach(() => vi.useRealTimers());

/** The socket cannot be opened: twice, after a short pause. */
function blocked() {
  socket.fails();
  vi.advanceTimersByTime(1_000);
  socket.fails();
}

describe("the socket", () => {
  test("is tried first, and nobody asks while it carries", () => {
    expect([socket.opened, asking.opened]).toEqual([1, 0]);
    socket.through();
    vi.advanceTimersByTime(600_000);
    expect([line.carrier() === socket, states.at(-1), arrivals, asking.opened]).toEqual([true, "on", 1, 0]);
  });

  test("that is lost comes back by itself, and we arrive anew", () => {
    socket.through();
    socket.fails();
    expect([line.carrier(), states.at(-1)]).toEqual([undefined, "off"]);
    vi.advanceTimersByTime(1_000);
    socket.through();
    expect([arrivals, asking.opened]).toEqual([2, 0]);
  });

  test("that the server let go of comes back later: not everybody at once", () => {
    socket.through();
    socket.ears.off(true);
    vi.advanceTimersByTime(1_900);
    expect(socket.opened).toBe(1);
    let waited = 1_900;
    while (socket.opened === 1 && waited < 60_000) {
      vi.advanceTimersByTime(100); // step by step: a try that nobody answers would be followed by the next one
      waited += 100;
    }
    expect([socket.opened, waited <= 10_000]).toEqual([2, true]);
  });

  test("that the server refuses is no blocked one", () => {
    socket.open = () => {
      socket.opened++;
      socket.ears.refused();
    };
    socket.ears.refused();
    vi.advanceTimersByTime(60_000);
    expect([new Set(states), asking.opened]).toEqual([new Set(["refused"]), 0]);
    expect(socket.opened).toBeGreaterThan(5);
  });
});

describe("asking", () => {
  test("begins when the socket could not be opened twice", () => {
    socket.fails();
    expect(asking.opened).toBe(0);
    vi.advanceTimersByTime(1_000);
    socket.fails();
    asking.through();
    expect([line.carrier() === asking, states.at(-1), arrivals]).toEqual([true, "on", 1]);
  });

  test("begins after six seconds of a socket that neither opens nor fails", () => {
    vi.advanceTimersByTime(5_900);
    expect(asking.opened).toBe(0);
    vi.advanceTimersByTime(200);
    expect([asking.opened, socket.trying]).toEqual([1, false]);
  });

  test("goes on while the socket is tried now and then, seldomer and seldomer", () => {
    blocked();
    asking.through();
    const tries: number[] = [];
    for (let minute = 0; minute < 30; minute++) {
      const before = socket.opened;
      for (let second = 0; second < 60; second++) {
        vi.advanceTimersByTime(1_000);
        if (socket.trying) socket.fails();
      }
      tries.push(socket.opened - before);
    }
    expect(tries[0]).toBeGreaterThan(1);
    expect(tries.slice(-10).reduce((sum, n) => sum + n)).toBeLessThanOrEqual(4);
    expect([line.carrier() === asking, states.at(-1), arrivals]).toEqual([true, "on", 1]);
  });

  test("ends when the socket is through: what it still hears is not told twice", () => {
    blocked();
    asking.through();
    asking.ears.heard("typing", 1);
    vi.advanceTimersByTime(10_000);
    socket.through();
    asking.ears.heard("typing", 2);
    asking.ears.off();
    expect([line.carrier() === socket, asking.trying, arrivals]).toEqual([true, false, 2]);
    expect([heard, states.at(-1)]).toEqual([[["typing", 1]], "on"]);
  });

  test("that fails as well: nothing carries, and both go on trying", () => {
    blocked();
    asking.through();
    asking.fails();
    expect([line.carrier(), states.at(-1)]).toEqual([undefined, "off"]);
    const before = socket.opened;
    vi.advanceTimersByTime(16_000);
    expect(socket.opened).toBeGreaterThan(before);
    asking.through();
    expect(line.carrier()).toBe(asking);
  });
});

test("a person who asks for it is not kept waiting for the pause", () => {
  socket.fails();
  const before = socket.opened;
  line.retryNow();
  expect([socket.opened, states.at(-1)]).toEqual([before + 1, "connecting"]);
});
