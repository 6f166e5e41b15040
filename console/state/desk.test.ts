import { describe, expect, it } from "vitest";
import type { Alert, Conversation, DeskEvent, DeskSnapshot, Message, VisitBrief } from "../wire";
import { apply, applyAll, byDepth, byUrgency, deskFrom, forgetGone, holdOrder, sortConversations, waiting, type Desk } from "./desk";
import { alert, conversation, expert, me, message, visit } from "./fixtures";

/** A server in small: it holds the truth, says what changed, and can be asked for a snapshot at any time. */
class Server {
  alerts = new Map<string, Alert>();
  conversations = new Map<string, Conversation>();
  visits = new Map<string, VisitBrief>();
  status: "online" | "away" = "online";
  private said = 0;

  constructor(private random: () => number) {}
  private pick<T>(from: Map<string, T>): T | undefined {
    return [...from.values()][Math.floor(this.random() * from.size)];
  }
  snapshot(): DeskSnapshot {
    return {
      me: { ...me, status: this.status }, alerts: [...this.alerts.values()], conversations: [...this.conversations.values()],
      experts: [{ ...expert, status: this.status }], sites: [],
    };
  }
  live = (): VisitBrief[] => [...this.visits.values()].filter((one) => one.live);

  step(): DeskEvent {
    const id = String(this.said++);
    const known = this.pick(this.visits);
    const talk = this.pick(this.conversations);
    const bell = this.pick(this.alerts);
    switch (Math.floor(this.random() * 9)) {
      case 0: case 1: {
        const next = known && this.random() < 0.7
          ? { ...known, pages: known.pages + 1, live: known.live && this.random() < 0.8, left: this.random() < 0.2 }
          : visit({ id: `v${id}` });
        this.visits.set(next.id, next);
        for (const one of this.alerts.values()) {
          if (one.visit.id === next.id) this.alerts.set(one.id, { ...one, visit: next, left: !next.live || next.left });
        }
        for (const one of this.conversations.values()) {
          if (one.visit === next.id) this.conversations.set(one.id, { ...one, live: next.live && !next.left });
        }
        return { name: "visit.changed", data: { visit: next } };
      }
      case 2: {
        const next = alert({ id: `a${id}`, visit: known ?? visit({ id: "v-none" }), left: known ? !known.live || known.left : false });
        this.alerts.set(next.id, next);
        return { name: "alert.raised", data: next };
      }
      case 3:
        if (bell) {
          this.alerts.delete(bell.id);
          return { name: "alert.cleared", data: { id: bell.id, reason: "taken" } };
        }
        return { name: "alert.cleared", data: { id: "never", reason: "gone" } };
      case 4: {
        const next = conversation({ id: `c${id}`, visit: known?.id ?? null, live: known ? known.live && !known.left : false });
        this.conversations.set(next.id, next);
        return { name: "conversation.changed", data: { conversation: next } };
      }
      case 5: case 6:
        if (talk) {
          const said: Message = message({ conversation: talk.id, seq: talk.last_seq + 1 });
          this.conversations.set(talk.id, { ...talk, last_seq: said.seq, unread: talk.unread + 1, last: said });
          return { name: "message.added", data: said };
        }
        return { name: "typing", data: { conversation: "none", author: "visitor", text: null } };
      case 7:
        if (talk) {
          this.conversations.set(talk.id, { ...talk, read_seq: talk.last_seq, unread: 0 });
          return { name: "message.read", data: { conversation: talk.id, seq: talk.last_seq, by: "expert" } };
        }
        return { name: "typing", data: { conversation: "none", author: "visitor", text: null } };
      default:
        this.status = this.status === "online" ? "away" : "online";
        return { name: "presence.changed", data: { expert: me.id, status: this.status, reason: "" } };
    }
  }
}

const dice = (seed: number) => () => {
  seed = (seed * 1664525 + 1013904223) % 4294967296;
  return seed / 4294967296;
};
const shown = ({ me, alerts, conversations, experts, visits }: Desk) => ({
  me, experts, alerts: byUrgency(alerts), conversations: sortConversations(conversations), visits: byDepth(visits.values()),
});

describe("the desk", () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))("equals a fresh snapshot after any events, repeated ones included (seed %i)", (seed) => {
    const random = dice(seed);
    const server = new Server(random);
    for (let n = 0; n < 20; n++) server.step();
    let desk = deskFrom(server.snapshot(), server.live());
    for (let round = 0; round < 30; round++) {
      const events = Array.from({ length: 1 + Math.floor(random() * 4) }, () => server.step());
      desk = applyAll(desk, events, 1000 + round);
      if (round % 3 === 0) desk = apply(desk, events.at(-1)!, 1000 + round);
    }
    expect(shown(desk)).toEqual(shown(deskFrom(server.snapshot(), server.live())));
  });

  it("keeps one line for an alert that was cleared, and none for one it never showed", () => {
    let desk = deskFrom({ me, alerts: [alert({ id: "a" })], conversations: [], experts: [], sites: [] }, []);
    desk = apply(desk, { name: "alert.cleared", data: { id: "a", reason: "taken" } }, 5);
    desk = apply(desk, { name: "alert.cleared", data: { id: "b", reason: "gone" } }, 6);
    expect(desk.alerts).toEqual([]);
    expect(desk.cleared.map((one) => [one.alert.id, one.reason, one.at])).toEqual([["a", "taken", 5]]);
  });

  it("leaves programs out of the list of those who are on the site", () => {
    const desk = deskFrom({ me, alerts: [], conversations: [], experts: [], sites: [] }, [visit({ id: "p", bot: true })]);
    expect(apply(desk, { name: "visit.changed", data: { visit: visit({ id: "q", bot: true }) } }, 1).visits.size).toBe(0);
  });

  it("takes a crowd in one piece as it takes its people one by one", () => {
    const talk = conversation({ id: "c", visit: "over", live: true });
    const before = deskFrom(
      { me, alerts: [alert({ id: "a", visit: visit({ id: "turns" }) })], conversations: [talk], experts: [], sites: [] },
      [visit({ id: "turns" }), visit({ id: "over" }), visit({ id: "reads" })],
    );
    const turned = visit({ id: "turns", path: ["Women", "Boots"], pages: 2 });
    const came = visit({ id: "came" });
    const over = visit({ id: "over", live: false, left: true });
    const oneByOne = applyAll(before, [turned, came, over].map((one) => ({ name: "visit.changed", data: { visit: one } })), 1);
    const crowd = apply(before, { name: "visits.changed", data: { visits: [turned, came], gone: ["over"], again: false } }, 1);
    expect(shown(crowd)).toEqual(shown(oneByOne));
    expect([...crowd.visits.keys()].sort()).toEqual(["came", "reads", "turns"]);
    expect(crowd.conversations[0]!.live).toBe(false);
  });

  it("forgets who was seen leaving after a moment, even if the server's word is lost; silence is the server's to judge", () => {
    const now = Date.parse("2026-01-01T01:00:00Z");
    const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();
    const visits = [
      visit({ id: "reads", last_at: ago(300) }), visit({ id: "silent", last_at: ago(331) }),
      visit({ id: "turns a page", last_at: ago(5), left: true }), visit({ id: "left", last_at: ago(11), left: true }),
    ];
    const talk = conversation({ id: "c", visit: "left", live: true });
    const desk = deskFrom({ me, alerts: [], conversations: [talk], experts: [], sites: [] }, visits);
    const after = forgetGone(desk, now);
    expect([...after.visits.keys()]).toEqual(["reads", "silent", "turns a page"]);
    expect(after.conversations[0]!.live).toBe(false);
    expect(forgetGone(after, now)).toBe(after);
  });

  it("ignores an older summary that arrives after newer words", () => {
    const old = conversation({ id: "c", last_seq: 2 });
    let desk = deskFrom({ me, alerts: [], conversations: [old], experts: [], sites: [] }, []);
    desk = apply(desk, { name: "message.added", data: message({ conversation: "c", seq: 3 }) }, 1);
    desk = apply(desk, { name: "conversation.changed", data: { conversation: old } }, 1);
    expect(desk.conversations[0]!.last_seq).toBe(3);
  });

  it("lets go of a conversation that went to a colleague", () => {
    const mine = conversation({ id: "c" });
    let desk = deskFrom({ me, alerts: [], conversations: [mine], experts: [], sites: [] }, []);
    desk = apply(desk, { name: "conversation.changed", data: { conversation: { ...mine, expert: { id: "boris", name: "Boris" } } } }, 1);
    expect(desk.conversations).toEqual([]);
  });

  it("shows an order once, however often it is told", () => {
    const order: DeskEvent = {
      name: "order.placed",
      data: { order: "o", number: "7", conversation: null, visit: null, total: { amount: 1, currency: "EUR" }, lines: [], customer: null },
    };
    const desk = applyAll(deskFrom({ me, alerts: [], conversations: [], experts: [], sites: [] }, []), [order, order], 1);
    expect(desk.orders).toHaveLength(1);
  });

  it("counts bells and conversations with something unread, closed ones not", () => {
    const desk = deskFrom({
      me, alerts: [alert({ id: "a" })], experts: [], sites: [],
      conversations: [conversation({ id: "1", unread: 3 }), conversation({ id: "2", unread: 1, state: "closed" }), conversation({ id: "3" })],
    }, []);
    expect(waiting(desk)).toBe(2);
  });
});

describe("orders of lists", () => {
  it("puts the bell first whose turn it is, as the server says, whatever else it shows; of equals the older id", () => {
    const list = [
      alert({ id: "a", importance: 90, turn: "2026-01-01T00:00:10.000Z" }),
      alert({ id: "c", importance: 10, turn: "2026-01-01T00:00:09.500Z" }),
      alert({ id: "b", importance: 50, turn: "2026-01-01T00:00:09.500Z" }),
    ];
    expect(byUrgency(list).map((one) => one.id)).toEqual(["b", "c", "a"]);
  });
  it("puts those who wait for anybody after one's own, whose turn it is first, however often the others write", () => {
    const last = message({ at: "2026-01-01T09:00:00Z" });
    const list = [
      conversation({ id: "late", expert: null, unread: 9, turn: "2026-01-01T00:03:00.000Z", last }),
      conversation({ id: "first", expert: null, unread: 1, turn: "2026-01-01T00:01:00.000Z" }),
      conversation({ id: "mine", unread: 1 }),
    ];
    expect(sortConversations(list).open.map((one) => one.id)).toEqual(["mine", "first", "late"]);
  });
  it("puts unread conversations before newer read ones", () => {
    const list = [conversation({ id: "read", opened_at: "2026-01-03T00:00:00Z" }), conversation({ id: "unread", unread: 1, opened_at: "2026-01-01T00:00:00Z" })];
    expect(sortConversations(list).open.map((one) => one.id)).toEqual(["unread", "read"]);
  });
  it("keeps the held order, drops what is gone and appends what is new", () => {
    expect(holdOrder(["b", "x", "a"], [{ id: "a" }, { id: "c" }, { id: "b" }]).map((one) => one.id)).toEqual(["b", "a", "c"]);
  });
});
