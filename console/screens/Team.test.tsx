// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sites } from "../live/sites";
import { expert, me } from "../state/fixtures";
import type { Expert } from "../wire";
import { SITE, stage } from "./site/screen.fixture";
import { Team } from "./Team";

let on: ReturnType<typeof stage>;
let all: Expert[];
let answers: (method: string, path: string, body: object) => unknown;
const sent = () => on.asked.filter((one) => one.method !== "GET").map(({ method, path, body }) => ({ method, path, body }));
const admin = { ...me, id: "admin", role: "admin" as const };

beforeEach(() => {
  all = [{ ...expert, load: 1, topics: [{ path: ["Garden"], level: 4 }], hours: { zone: "Europe/Berlin", week: { "1": [["09:00", "17:00"]], "2": [["09:00", "17:00"]] } } },
    { ...expert, id: "boris", name: "Boris", status: "away", status_reason: "missed", warnings: ["no_topics"] }];
  answers = (_, __, body) => ({ ...expert, ...body });
  sites.value = [{ ...SITE, language: "en" }];
  on = stage((method, path, body: object) => (method === "GET" ? { items: path.includes("active=false") ? [] : all, next: null } : answers(method, path, body)));
});
afterEach(() => { on.end(); sites.value = null; });

it("says who is there and why not, what they carry, know, and when they work; and what is odd", async () => {
  await on.show(<Team me={me} />);
  for (const said of ["1 of 2 online", "1 of 4 places taken", "Garden · knows very well", "Mon–Tue 09:00–17:00 (Europe/Berlin)", "Away · did not answer", "Knows no topic yet"]) expect(on.text()).toContain(said);
  expect(on.text()).not.toContain("Dismiss");
});
it("sends only what was changed", async () => {
  await on.show(<Team me={admin} />);
  await on.press("Change Anna");
  await on.type("Places: how many", "2");
  const level = on.within<HTMLSelectElement>(".knows select");
  act(() => { level.value = "5"; level.dispatchEvent(new Event("change", { bubbles: true })); });
  await on.press("Save");
  expect(sent()).toEqual([{ method: "PATCH", path: "/api/experts/anna", body: { capacity: 2, topics: [{ path: ["Garden"], level: 5 }] } }]);
});
it("says a refusal at its field, and keeps what was written", async () => {
  answers = () => new Response(JSON.stringify({ code: "exists", detail: "This exists already." }), { status: 409 });
  await on.show(<Team me={admin} />);
  await on.press("Change Anna");
  await on.type("E-mail", "boris@demo.example");
  await on.press("Save");
  const field = on.labelled("E-mail");
  expect([field.value, field.getAttribute("aria-invalid")]).toEqual(["boris@demo.example", "true"]);
  expect(document.getElementById(field.getAttribute("aria-describedby")!)?.textContent).toContain("Somebody has this e-mail already");
});
it("says what happens before somebody is dismissed, and only then does it", async () => {
  await on.show(<Team me={admin} />);
  await on.press("Dismiss Anna");
  expect(on.text()).toContain("1 open conversation is handed on to a colleague.");
  expect(sent()).toEqual([]);
  await on.press("Yes, dismiss");
  expect(sent()).toEqual([{ method: "DELETE", path: "/api/experts/anna", body: null }]);
});
it("marks a number when it was left, gives an unknown zone its words, and says why it cannot be saved", async () => {
  await on.show(<Team me={admin} />);
  await on.press("Change Anna");
  await on.type("Places: how many", "0");
  expect(on.text()).not.toContain("A whole number from 1 to 100.");
  act(() => { on.labelled("Places: how many").dispatchEvent(new Event("focusout", { bubbles: true })); });
  expect(on.text()).toContain("A whole number from 1 to 100.");
  await on.type("Places: how many", "3");
  expect(on.button("Save").disabled).toBe(false);
  await on.type("Time zone", "Berlin am See");
  expect(on.text()).toContain("This time zone is not known");
  expect(on.text()).toContain("Something is marked above.");
  expect(on.button("Save").disabled).toBe(true);
});
it("warns before a dismissal which topics nobody knows any more", async () => {
  await on.show(<Team me={admin} />);
  await on.press("Dismiss Anna");
  expect(on.text()).toContain("Then nobody knows: Garden.");
});
it("says until when somebody draws breath, and until when they are there beside their hours", async () => {
  const soon = new Date(Date.now() + 60_000).toISOString();
  all = [{ ...expert, rest_until: soon, overtime_until: soon }, { ...expert, id: "boris", name: "Boris", rest_until: new Date(Date.now() - 60_000).toISOString() }];
  await on.show(<Team me={me} />);
  expect(on.text().match(/Breathing until/g)).toHaveLength(1);
  expect(on.text()).toContain("there by their own word until");
});
