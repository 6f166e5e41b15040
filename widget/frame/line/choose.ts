// Which of the two ways carries the conversation now. The socket, whenever it can be opened; while it cannot, we ask
// over HTTP and try the socket again now and then. Whoever speaks or listens here never learns which it was: on every
// change we arrive anew, what stands open is told again, and what was said meanwhile is asked for by its number.

import type { Ears, Transport } from "./transport";

export type State = "connecting" | "on" | "off" | "refused";

/** A socket that could not be opened so often in a row, or for so long (ms), is taken to be blocked. */
const TRIES = 2, TOO_LONG = 6_000;
/** Pauses between openings, ms: while nothing carries us, and while asking does. */
const ALONE = [500, 15_000] as const, CARRIED = [5_000, 300_000] as const;

export interface Told {
  state(now: State): void;
  arrived(): Promise<void>;
  heard(name: string, data: unknown): void;
}

export interface Line {
  /** What carries us now. */
  carrier(): Transport | undefined;
  retryNow(): void;
}

export function choose(
  bySocket: (ears: Ears) => Transport, byAsking: (ears: Ears) => Transport, told: Told,
): Line {
  let carrier: Transport | undefined;
  let failures = 0;
  let late: ReturnType<typeof setTimeout> | undefined;
  let next: ReturnType<typeof setTimeout> | undefined;

  function carry(transport: Transport): Promise<void> {
    carrier = transport;
    told.state("on");
    return told.arrived();
  }

  function drop(transport: Transport, state: State): boolean {
    if (carrier && carrier !== transport) return false;
    carrier = undefined;
    told.state(state);
    return true;
  }

  function attempt(): void {
    clearTimeout(next);
    clearTimeout(late);
    late = setTimeout(() => {
      socket.close();
      failed(TRIES);
    }, TOO_LONG);
    socket.open();
  }

  function failed(times = 1): void {
    clearTimeout(late);
    failures += times;
    if (carrier !== asking) drop(socket, "off");
    if (failures >= TRIES) asking.open();
    again();
  }

  function again(): void {
    const [first, longest] = carrier === asking ? CARRIED : ALONE;
    const pause = Math.min(longest, first * 2 ** Math.max(0, failures - (carrier === asking ? TRIES : 1)));
    clearTimeout(next);
    next = setTimeout(attempt, pause * (0.5 + Math.random()));
  }

  /** The server has its reasons: many come back at once after it has stopped. */
  function later(): void {
    clearTimeout(next);
    next = setTimeout(attempt, 2_000 + Math.random() * 8_000);
  }

  const socket = bySocket({
    on() {
      clearTimeout(late);
      clearTimeout(next);
      failures = 0;
      asking.close();
      return carry(socket);
    },
    off(sentAway) {
      if (carrier !== socket) return failed();
      drop(socket, "off");
      failures = 0;
      if (sentAway) later();
      else again();
    },
    refused() {
      clearTimeout(late);
      drop(socket, "refused");
      later();
    },
    heard: (name, data) => told.heard(name, data),
  });

  const asking = byAsking({
    on: () => (carrier === socket ? Promise.resolve() : carry(asking)),
    off: () => void drop(asking, "off"),
    refused: () => void drop(asking, "refused"),
    heard: (name, data) => carrier !== socket && told.heard(name, data),
  });

  attempt();
  return {
    carrier: () => carrier,
    retryNow() {
      if (carrier) return;
      failures = 0;
      told.state("connecting");
      socket.close();
      attempt();
    },
  };
}
