// Small whole values for the tests; each test names only what it is about.
import type { Alert, Conversation, Expert, Me, Message, VisitBrief } from "../wire";

const AT = "2026-01-01T00:00:00Z";
export const expert: Expert = {
  id: "anna", name: "Anna", email: "anna@demo.example", role: "expert", languages: ["en"], topics: [], sites: ["demo"],
  status: "online", status_reason: "", status_at: null, capacity: 4, load: 0, hours: null, breath_seconds: 0, rest_until: null, overtime_until: null, active: true, warnings: [],
};
export const me: Me = {
  id: expert.id, name: expert.name, email: expert.email, role: expert.role, languages: expert.languages, topics: [], sites: ["demo"],
  status: "online", status_reason: "", capacity: 4, hours: null, handed_on: 0,
};
export const visit = (some: Partial<VisitBrief> = {}): VisitBrief => ({
  id: "v", visitor: "visitor-1", site: "demo", started_at: AT, last_at: AT, path: ["Women"], depth: 1, deepest: 1, topic: ["Women"],
  pages: 1, dwell: 0, url: "http://localhost/", title: "Women", source: { channel: "direct", name: "", campaign: "" }, returning: false,
  device: { kind: "pc", browser: "Firefox 140", os: "Linux", touch: false },
  number: 1, live: true, left: false, bot: false, customer: null, alert: null, conversation: null, name: "", ...some,
});
export const alert = (some: Partial<Alert> = {}): Alert => ({
  id: "a", reason: "deep", rung: "topic", raised_at: AT, expires_at: AT, importance: 50, why: [], left: false, visit: visit(), customer: null, transfer: null,
  turn: new Date(Date.parse(AT) - 1000 * (some.importance ?? 50)).toISOString(), ...some,
});
export const conversation = (some: Partial<Conversation> = {}): Conversation => ({
  id: "c", state: "open", turn: null, visitor: "visitor-1", visit: null, site: "demo", name: "", live: false, customer: null,
  expert: { id: me.id, name: me.name }, last_seq: 0, read_seq: 0, visitor_read_seq: 0, unread: 0, opened_at: AT, last: null, trigger: null,
  closed_at: null, ends_at: null, rating: null, transfer: null, kept_for: null, ...some,
});
export const message = (some: Partial<Message> = {}): Message => ({
  conversation: "c", seq: 1, client_id: null, author: { kind: "visitor", name: "" }, kind: "text", text: "Hello", at: AT, data: null, ...some,
});
