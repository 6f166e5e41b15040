// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setLanguage } from "../../text/text";
import type { BacktestAnswer, Finding, Segment, Trigger, TriggerReport } from "../../wire";
import { SITE, stage } from "./screen.fixture";
import { Triggers } from "./Triggers";

const HERE = { ...SITE, currency: "EUR" };
const BACK: Trigger = {
  id: "t", site: "s", name: "back", conditions: { all: [{ kind: "known", is: true }, { kind: "returning", is: true }] }, action: "alert", content: {},
  caps: { visit: null, visitor: null, day: null }, quiet: null, hold_out: 0, active: true, findings: [],
};
const REPORT: TriggerReport = {
  firings: 12, acted: 10, customers: 3, treated: { visitors: 820, ordered: 61 }, held_out: { visitors: 91, ordered: 4 }, uplift: 3.1, low: 0.4, high: 5.8, missing: 0, alerts: { accepted: 7, expired: 3, taken: 0 }, strangers: true,
};
const BACKTEST: BacktestAnswer = {
  since: "2026-10-23T00:00:00Z", visits: 5120, every: 1, firings: 412, visitors: 371, customers: 38, held_out: 0, ordered_anyway: 31, ordered_all: 160, busy: 4, busy_usually: 1, talk_seconds: 360, talk_known: true,
  assumed: [], days: [{ date: "2026-10-23", firings: 3 }, { date: "2026-10-24", firings: 0 }], examples: [],
};

interface World { triggers: Trigger[]; segments: Segment[]; findings: Finding[]; report: TriggerReport; backtest: unknown }
let world: World;
let on: ReturnType<typeof stage>;
beforeEach(() => {
  sessionStorage.clear();
  vi.stubGlobal("IntersectionObserver", undefined);
  world = { triggers: [BACK], segments: [], findings: [], report: REPORT, backtest: BACKTEST };
  on = stage((method, path, body: never) => {
    const sent = body as unknown as Trigger;
    if (path === "/api/triggers/check") return { items: world.findings };
    if (path === "/api/triggers/backtest") return world.backtest;
    if (path.includes("/report")) return world.report;
    if (path.startsWith("/api/segments")) {
      if (method === "GET") return { items: world.segments, next: null };
      if (method === "POST") world.segments = [{ ...(sent as object), id: "g", findings: [] } as never];
      return world.segments[0];
    }
    if (path.startsWith("/api/topics")) return { items: [{ id: "1", path: ["Women", "Boots"], depth: 2, experts: [] }], next: null };
    if (method === "GET") return { items: world.triggers, next: null };
    const id = path.split("/")[3];
    if (method === "POST") world.triggers = [...world.triggers, { ...sent, id: "new", findings: [] }];
    else if (method === "DELETE") world.triggers = world.triggers.filter((one) => one.id !== id);
    else world.triggers = world.triggers.map((one) => (one.id === id ? { ...one, ...sent } : one));
    return method === "DELETE" ? new Response(null, { status: 204 }) : world.triggers.find((one) => one.id === (id ?? "new"));
  });
});
afterEach(() => { on.end(); setLanguage("en"); });

const show = (changes = true) => on.show(<Triggers site={HERE} changes={changes} />);
const field = (label: string) => on.within<HTMLInputElement>(`form [aria-label="${label}"]`);
const write = async (label: string, text: string) => {
  act(() => { const one = field(label); one.value = text; one.dispatchEvent(new Event(one.tagName === "SELECT" ? "change" : "input", { bubbles: true })); });
  await on.settle();
};
const add = async (group: string, kind: string) => {
  act(() => on.within<HTMLButtonElement>(`.clauses.is-${group} .clause-add`).click());
  await on.settle();
  const chips = [...on.root.querySelectorAll<HTMLButtonElement>(`.clauses.is-${group} .kinds .chip`)];
  act(() => chips.find((one) => one.textContent === kind)!.click());
  await on.settle();
};
const last = (method: string, path: string) => on.asked.filter((one) => one.method === method && one.path.startsWith(path)).at(-1)?.body;
const save = () => on.button("Save");

describe("the list", () => {
  it("says each trigger as a sentence, and what it did this week", async () => {
    await show();
    await on.settle();
    expect(on.within(".trigger").textContent).toContain("When a known customer comes back, ring the right expert, at each arrival.");
    expect(on.within(".trigger").textContent).toContain("In the last 7 days: it fired 12 times, 3 customers among them, 2 times it left them alone. Its bells: 7 accepted, 3 nobody answered in time.");
    expect(on.asked.map(({ path }) => path)).toContain("/api/triggers/t/report?days=7");
  });
  it("lets a marketer read and try, and change nothing", async () => {
    world.segments = [{ id: "g", site: "s", name: "Regulars", conditions: { all: [{ kind: "orders", at_least: 1 }] }, findings: [] }];
    await show(false);
    expect(on.text()).toContain("It holds when a visitor has ordered before.");
    expect(on.within<HTMLInputElement>("[role=switch]").disabled).toBe(true);
    expect([...on.root.querySelectorAll("button")].map((one) => one.textContent)).toEqual(["Try it on the last 30 days", "What it brought"]);
  });
  it("shows what is odd about one, and does not switch on what cannot be", async () => {
    world.triggers = [{ ...BACK, active: false, findings: [{ level: "error", code: "unknown_product", sentence: "This product does not exist.", where: "content.products.0" }] }];
    await show();
    expect(on.within(".trigger .finding.is-error").textContent).toBe("Not possible: This product does not exist.");
    act(() => on.within<HTMLInputElement>("[role=switch]").click());
    await on.settle();
    expect(last("PATCH", "/api/triggers")).toBeUndefined();
  });
  it("deletes only what one is sure about", async () => {
    await show();
    await on.press("Delete");
    expect(last("DELETE", "/api/triggers")).toBeUndefined();
    await on.press("No, keep it");
    await on.press("Delete");
    await on.press("Yes, delete");
    await on.settle();
    expect(on.root.querySelector(".trigger")).toBeNull();
  });
});

describe("the editor", () => {
  it("makes a trigger from nothing: saved switched off, then tried, then switched on", async () => {
    await show();
    await on.press("+ New trigger");
    await add("all", "place in the tree");
    await write("Levels deep, from the home page", "2");
    await add("all", "pages viewed");
    await write("How many: Pages", "both");
    await add("none", "device");
    await on.type("Its name", "Deep");
    expect(on.within("form .rule-said").textContent).toContain("When a visitor goes at least 2 levels deep and stays at least 15\u00a0s in one branch of the site and has viewed 3 to 4 pages, unless the visitor is on a computer, ring the right expert, once per visit.");
    await on.press("Save");
    await on.settle();
    expect(last("POST", "/api/triggers")).toEqual({
      site: "s", name: "Deep", action: "alert", content: {}, caps: { visit: 1, visitor: null, day: null }, quiet: null, hold_out: 0, active: false,
      conditions: { all: [{ kind: "branch", below: [], depth: 2, dwell: 15 }, { kind: "pages", at_least: 3, at_most: 4 }], none: [{ kind: "device", devices: ["pc"] }] },
    });
    expect(on.root.querySelector("form")).toBeNull();
    expect(on.text()).toContain("Saved, and switched off.");
    expect(document.activeElement?.textContent).toBe("Try it on the last 30 days");
    await on.press("Switch on");
    expect(document.activeElement?.textContent).toBe("Try it on the last 30 days");
    expect(last("PATCH", "/api/triggers/new")).toEqual({ active: true });
  });
  it("asks first whom it is for; a trigger that only looks on may be for everybody", async () => {
    await show();
    await on.press("+ New trigger");
    await on.type("Its name", "All");
    expect(on.within(".clauses.is-all .finding").textContent).toBe("Still missing: Add a condition: whom is it for?");
    expect(save().disabled).toBe(true);
    await write("What is done", "nothing");
    expect(save().disabled).toBe(false);
  });
  it("changes one in its place and keeps it switched on", async () => {
    await show();
    await on.press("Change");
    await write("How often per visit", "once");
    await on.press("Save");
    expect(last("PUT", "/api/triggers/t")).toMatchObject({ name: "back", caps: { visit: 1, visitor: null, day: null }, active: true });
  });
  it("says what is odd beside the condition that it concerns, and why it cannot be saved", async () => {
    await show();
    await on.press("+ New trigger");
    await on.type("Its name", "x");
    world.findings = [
      { level: "error", code: "empty_range", sentence: "No number is in this range.", where: "conditions.all.1" },
      { level: "warning", code: "idle_cap", sentence: "This bound is never reached.", where: "caps.visitor" },
      { level: "warning", code: "odd", sentence: "Something else.", where: "moon" },
    ];
    await add("all", "customer or stranger");
    await add("all", "pages viewed");
    const lines = on.root.querySelectorAll(".clauses.is-all li.clause-line");
    expect([...lines].map((line) => line.querySelector(".finding")?.textContent)).toEqual([undefined, "Not possible: No number is in this range."]);
    expect(save().disabled).toBe(true);
    expect(document.getElementById(save().getAttribute("aria-describedby")!)!.textContent).toBe("It cannot be saved yet: No number is in this range.");
    expect([...on.root.querySelectorAll(".finding.is-warning")].map((one) => one.textContent)).toEqual(["Mind: This bound is never reached.", "Mind: Something else."]);
    world.findings = world.findings.slice(1);
    await write("Pages", "4");
    expect(save().disabled).toBe(false);
  });
  it("asks nothing while a hole is empty, and says which", async () => {
    await show();
    await on.press("+ New trigger");
    await on.type("Its name", "x");
    const before = on.asked.length;
    await add("any", "an event of the page");
    expect(on.within(".finding").textContent).toBe("Still missing: Write the name of the event.");
    expect(save().disabled).toBe(true);
    expect(on.asked.length).toBe(before);
    await write("Name of the event", "cart.added");
    expect(last("POST", "/api/triggers/check")).toMatchObject({ conditions: { any: [{ kind: "event", name: "cart.added", times: 1, within: 0 }] } });
    expect(save().disabled).toBe(false);
  });
  it("does not take a number that cannot be, says so, and goes back to the last that could", async () => {
    await show();
    await on.press("+ New trigger");
    await add("all", "device");
    await write("Percent left alone, 0 to 50", "10");
    await write("Percent left alone, 0 to 50", "99");
    expect(field("Percent left alone, 0 to 50").getAttribute("aria-invalid")).toBe("true");
    expect(on.text()).toContain("A number from 0 to 50.");
    act(() => { field("Percent left alone, 0 to 50").dispatchEvent(new Event("blur")); });
    await on.settle();
    expect(field("Percent left alone, 0 to 50").value).toBe("10");
    expect(last("POST", "/api/triggers/check")).toMatchObject({ hold_out: 10 });
  });
  it("keeps a draft over a reload, and forgets it when it is given up", async () => {
    await show();
    await on.press("+ New trigger");
    await on.type("Its name", "Half done");
    await add("all", "comes back or is new");
    await on.show(<p />);
    await show();
    expect(on.labelled("Its name").value).toBe("Half done");
    expect(on.within("form .rule-said").textContent).toContain("comes back");
    await on.press("Give up");
    expect(on.root.querySelector("form")).toBeNull();
    expect(document.activeElement?.textContent).toBe("+ New trigger");
    await on.show(<p />);
    await show();
    expect(on.root.querySelector("form")).toBeNull();
  });
  it("says what the server refuses, and loses nothing", async () => {
    await show();
    await on.press("+ New trigger");
    await add("all", "device");
    await on.type("Its name", "x");
    const fetched = globalThis.fetch;
    globalThis.fetch = async () => new Response(JSON.stringify({ code: "brand_new", detail: "Too many triggers." }), { status: 409 });
    await on.press("Save");
    globalThis.fetch = fetched;
    expect(on.within(".form-error").textContent).toBe("Too many triggers.");
    expect(on.labelled("Its name").value).toBe("x");
  });
  it("finds a place in the tree by its name", async () => {
    await show();
    await on.press("+ New trigger");
    await add("all", "place in the tree");
    act(() => on.within<HTMLButtonElement>(".clause button[aria-expanded]").click());
    await on.settle();
    expect(document.activeElement).toBe(field("Find a place in the tree"));
    act(() => on.root.querySelectorAll<HTMLInputElement>(".pick input")[1]!.click());
    await on.settle();
    expect(on.within("form .rule-said").textContent).toContain("in “Women › Boots”");
    act(() => { on.within(".unfolded").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })); });
    await on.settle();
    expect(on.root.querySelector(".unfolded")).toBeNull();
    expect(document.activeElement?.getAttribute("aria-expanded")).toBe("false");
  });
  it("reads languages by their names, and refuses one that nobody knows", async () => {
    await show();
    await on.press("+ New trigger");
    await add("all", "language");
    await write("Languages", "German, ru");
    expect(on.within("form .rule-said").textContent).toContain("reads German or Russian");
    await write("Languages", "German, Klingonish");
    expect(on.text()).toContain("One of these is not known.");
    expect(on.within("form .rule-said").textContent).toContain("reads German or Russian");
  });
  it("leaves the hand at the next condition when one is removed", async () => {
    await show();
    await on.press("+ New trigger");
    for (const kind of ["device", "tier"]) await add("all", kind);
    for (const next of ["Remove: tier", null]) {
      act(() => on.within<HTMLButtonElement>(".clause-remove").click());
      await on.settle();
      expect(document.activeElement?.getAttribute("aria-label") ?? null).toBe(next);
    }
    expect(document.activeElement?.textContent).toBe("+ a condition …");
  });
});

describe("what it would have done", () => {
  const told = async (some: Partial<BacktestAnswer>) => {
    world.backtest = { ...BACKTEST, ...some };
    await show(false);
    await on.press("Try it");
    return on.within(".backtest").textContent!;
  };
  it("is said in plain sentences", async () => {
    const text = await told({});
    expect(text).toContain("In the last 30 days it would have rung 412 times for 371 visitors, 38 of them customers. At most 4 experts at once would have been busy; usually no more than 1. 31 of these visits ordered anyway.");
    expect(text).toContain("5,120 visits were looked at. 160 of all of them ordered.");
    expect(text).toContain("A talk is counted with 6\u00a0min, as measured here.");
    expect(on.root.querySelectorAll(".days tbody tr")).toHaveLength(2);
    expect(last("POST", "/api/triggers/backtest")).toMatchObject({ name: "back", days: 30, conditions: BACK.conditions });
  });
  it("says what was assumed, scaled and guessed", async () => {
    const text = await told({ every: 4, assumed: ["available"], talk_known: false, held_out: 40 });
    expect(text).toContain("Of 5,120 visits one in 4 was looked at; all numbers are scaled to all of them.");
    expect(text).toContain("Nobody kept the past of “an expert is free”; it was taken as fulfilled.");
    expect(text).toContain("6\u00a0min: a guess, none was measured here yet.");
    expect(text).toContain("40 more would have been left alone for the comparison.");
  });
  it.each([[{ firings: 0, visitors: 0, customers: 0, days: [] }, "In the last 30 days it would never have fired."], [{ visits: 0 }, "No visit is stored from the last 30 days."]])("of %j is said too", async (some, said) => {
    expect(await told(some)).toContain(said);
    expect(on.root.querySelector(".days")).toBeNull();
  });
  it("is asked again after a refusal", async () => {
    world.backtest = new Response(JSON.stringify({ code: "busy_now", detail: "Others are trying theirs." }), { status: 503 });
    await show(false);
    await on.press("Try it");
    expect(on.within(".backtest [role=alert]").textContent).toContain("Others are trying theirs.");
    world.backtest = BACKTEST;
    await on.press("Try again");
    expect(on.within(".backtest").textContent).toContain("412 times");
  });
  it("is said to be of an older wording once the draft was changed", async () => {
    await show();
    await on.press("Change");
    act(() => on.within<HTMLButtonElement>("form .rules-foot .plain-button").click());
    await on.settle();
    expect(on.text()).not.toContain("was changed since");
    await write("Percent left alone, 0 to 50", "10");
    expect(on.text()).toContain("was changed since");
  });
});

describe("what the action lacks", () => {
  it("is calm, hinders saving, and not trying", async () => {
    world.findings = [{ level: "error", code: "no_title", sentence: "Give the information a title.", where: "content" }];
    await show();
    await on.press("Change");
    await on.settle();
    expect(on.within("form .finding").className).toContain("is-missing");
    expect(on.within("form .finding").textContent).toBe("Still missing: Give the information a title.");
    expect(on.within<HTMLButtonElement>("form [type=submit]").disabled).toBe(true);
    expect(on.within<HTMLButtonElement>("form .rules-foot .plain-button").disabled).toBe(false);
  });
});

describe("what it brought", () => {
  const told = async (some: Partial<TriggerReport>) => {
    world.report = { ...REPORT, ...some };
    await show(false);
    await on.press("What it brought");
    return on.within(".backtest").textContent!;
  };
  const none = { uplift: null, low: null, high: null };
  it.each([
    [{}, "3.1 points more orders (from 0.4 to 5.8)."],
    [{ uplift: -2, low: -3, high: -1 }, "2 points fewer orders (from -3 to -1)."],
    [{ uplift: 1, low: -0.5, high: 2.5 }, "1 point more orders (from -0.5 to 2.5). This may still be chance."],
    [{ ...none, missing: 0, strangers: false }, "It fires only on customers, and customers are never left alone: there is nothing to compare with."],
    [{ ...none, missing: 81 }, "81 more visitors are needed before it can be said whether it brings orders."],
  ])("of %j is a sentence", async (some, said) => {
    expect(await told(some)).toContain(said);
    expect(!!on.root.querySelector(".interval")).toBe(!("missing" in some));
  });
  it("has a table of both groups", async () => {
    expect(await told({})).toContain("It acted820617.4%Left alone9144.4%");
  });
  it("says why nobody is left alone where it fires on customers only", async () => {
    expect(await told({ ...none, held_out: { visitors: 0, ordered: 0 }, missing: 0 })).toContain("It fires on customers only");
  });
  it("advises to leave strangers alone only where it fires on strangers", async () => {
    world.triggers = [{ ...BACK, conditions: { all: [{ kind: "pages", at_least: 3, at_most: null }] } }];
    expect(await told({ ...none, held_out: { visitors: 0, ordered: 0 }, missing: 0 })).toContain("Nobody is left alone, so there is nothing to compare with.");
  });
});

describe("segments", () => {
  it("are written with the same clauses, and hold no segments", async () => {
    world.segments = [];
    await show();
    await on.press("+ New segment");
    expect(save().disabled).toBe(true);
    act(() => on.within<HTMLButtonElement>("form .is-all .clause-add").click());
    await on.settle();
    expect([...on.root.querySelectorAll(".kinds .chip")].map((one) => one.textContent)).not.toContain("segment");
    act(() => on.within<HTMLButtonElement>("form .is-all .clause-add").click());
    await on.settle();
    await add("all", "orders so far");
    await on.type("Its name", "Regulars");
    await on.press("Save");
    await on.settle();
    expect(last("POST", "/api/segments")).toEqual({ site: "s", name: "Regulars", conditions: { all: [{ kind: "orders", at_least: 1, at_most: null }] } });
    expect(on.text()).toContain("It holds when a visitor has ordered before.");
    await on.press("+ New trigger");
    await add("all", "segment");
    await write("Segment", "g");
    expect(on.within("form .rule-said").textContent).toContain("belongs to “Regulars”");
  });
});
