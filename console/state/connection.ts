// What the desk knows about its own hearing. "deaf" says since when, so that nothing is missed silently.

export type Connection =
  | { phase: "idle" }
  | { phase: "connecting" }
  | { phase: "live"; since: number }
  | { phase: "deaf"; since: number; why: string | null };

export type ConnectionEvent =
  | { type: "start" }
  | { type: "connected"; at: number }
  | { type: "lost"; at: number; why?: string }
  | { type: "refused"; at: number; why: string }
  | { type: "stop" };

export function hear(state: Connection, event: ConnectionEvent): Connection {
  switch (event.type) {
    case "start":
      return state.phase === "idle" ? { phase: "connecting" } : state;
    case "connected":
      return { phase: "live", since: event.at };
    case "lost":
    case "refused":
      if (state.phase === "idle") return state;
      // The first loss counts: every failed attempt after it is the same silence.
      return { phase: "deaf", since: state.phase === "deaf" ? state.since : event.at, why: event.why ?? null };
    case "stop":
      return { phase: "idle" };
  }
}
