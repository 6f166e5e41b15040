// The way where WebSockets are blocked: what we say is posted, and what is said to us is the answer to a question that
// the server keeps until there is something to tell. The server keeps nothing of us in between: `state` is what it told.

import type { Waited } from "../../wire";
import { type Ears, PATIENCE, Refused, type Transport, Unanswered, type Who } from "./transport";

/** Seconds that the server may keep a question; a page that nobody looks at asks now and then instead, and keeps no
 * connection busy that the browser has few of. */
const KEPT = 24;
const UNSEEN_PAUSE = 10_000;
/** After a question that came back early with nothing: another page of this browser asks too. */
const CROWDED_PAUSE = 3_000;
const FIRST_PAUSE = 700, LONGEST_PAUSE = 15_000;

const jitter = (ms: number) => ms * (0.75 + Math.random() / 2);

export function byAsking({ site, visitor, language, position }: Who, ears: Ears): Transport {
  const frame = crypto.randomUUID();
  let stop: AbortController | undefined;
  let through = false;
  /** The question that the server keeps, and the conversation that it is about. */
  let kept: { about: string; anew: () => void } | undefined;

  async function post(address: string, body: object, patience: number, signal?: AbortSignal, keepalive = false): Promise<any> {
    let answer: any;
    const limit = new AbortController();
    const stopped = () => limit.abort();
    const timer = setTimeout(stopped, patience);
    signal?.addEventListener("abort", stopped);
    try {
      const response = await fetch(`/visitor/${address}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${visitor}` },
        body: JSON.stringify({ site, language: language(), ...body }),
        signal: limit.signal,
        keepalive,
      });
      answer = await response.json();
      if (response.ok) return answer;
    } catch {
      throw new Unanswered();
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stopped);
    }
    // Something between us and the server may answer in its place.
    throw typeof answer?.code === "string" ? new Refused(answer) : new Unanswered();
  }

  /** A pause that ends early when somebody looks, or when we stop. */
  const rest = (ms: number, signal: AbortSignal) =>
    new Promise<void>((done) => {
      const end = () => {
        clearTimeout(timer);
        document.removeEventListener("visibilitychange", end);
        signal.removeEventListener("abort", end);
        done();
      };
      const timer = setTimeout(end, jitter(ms));
      document.addEventListener("visibilitychange", end);
      signal.addEventListener("abort", end);
    });

  async function listen(signal: AbortSignal): Promise<void> {
    let state = "", failures = 0;
    let strange: string | undefined;
    while (!signal.aborted) {
      // At first only what stands open: what was said meanwhile is caught up with as on every line.
      const at = through ? position() : { conversation: "", after: 0 };
      const known = at.conversation !== strange;
      const patience = through && !document.hidden ? KEPT : 0;
      const asked = performance.now();
      const question = new AbortController(), give = () => question.abort();
      signal.addEventListener("abort", give);
      kept = { about: at.conversation, anew: give };
      try {
        const told: Waited = await post("wait", { ...(known ? at : {}), state, frame, patience }, (KEPT + 10) * 1_000, question.signal);
        if (signal.aborted) return;
        failures = 0;
        state = told.state;
        const arrived = through ? undefined : ears.on();
        through = true;
        for (const [name, data] of told.events as [string, unknown][]) ears.heard(name, data);
        if (arrived) await Promise.race([arrived, rest(PATIENCE, signal)]);
        else if (!patience) await rest(UNSEEN_PAUSE, signal);
        else if (!told.events.length && performance.now() - asked < CROWDED_PAUSE) await rest(CROWDED_PAUSE, signal);
      } catch (problem) {
        if (signal.aborted) return;
        if (question.signal.aborted) continue;
        const code = problem instanceof Refused ? problem.refusal.code : "";
        if (code === "not_found") {
          strange = at.conversation;
          continue;
        }
        through = false;
        if (problem instanceof Refused && !problem.passing) ears.refused();
        else ears.off();
        await rest(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures++), signal);
      } finally {
        signal.removeEventListener("abort", give);
        kept = undefined;
      }
    }
  }

  return {
    open() {
      if (stop) return;
      stop = new AbortController();
      void listen(stop.signal);
    },
    close() {
      stop?.abort();
      stop = undefined;
      through = false;
    },
    async command(name, data) {
      const answer = await post("command", { name, data }, PATIENCE);
      // A question is about one conversation. If we have another one now, it is asked anew: what happens in the new one
      // before the old question reaches the server would be told with nothing else.
      setTimeout(() => kept && kept.about !== position().conversation && kept.anew());
      return answer;
    },
    mention: (name, data) => void post("command", { name, data }, PATIENCE, undefined, true).catch(() => {}),
  };
}
