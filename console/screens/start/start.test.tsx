// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { session } from "../../live/session";
import { unfinished } from "../../live/setup";
import { sites } from "../../live/sites";
import { part, setupCode } from "../../parts/route";
import { me } from "../../state/fixtures";
import type { Site } from "../../wire";
import { SITE, stage } from "../site/screen.fixture";
import { codeIn, Door, isEmail } from "./First";
import { besides, madePassword, newcomer } from "./newcomer";
import { nextStep, Start } from "./Start";

const OLGA = { ...me, name: "Olga", email: "olga@shop.example", role: "admin" as const };
let on: ReturnType<typeof stage>;
let house: { open: boolean; sites: Site[]; experts: object[]; heard: string | null };
let refuses: string | null;
const sent = () => on.asked.filter(({ method }) => method !== "GET");
const start = async () => { await on.show(<Start me={OLGA} />); await on.settle(); await on.settle(); };

beforeEach(() => {
  house = { open: true, sites: [], experts: [], heard: null };
  refuses = null;
  sites.value = null;
  on = stage((method, path, body: object) => {
    if (refuses && method === "POST") return new Response(JSON.stringify({ code: refuses, detail: "No." }), { status: refuses === "not_found" ? 404 : 403 });
    if (path === "/api/setup") return method === "GET" ? { open: house.open } : { me: OLGA };
    if (path.startsWith("/api/sites?")) return { items: house.sites, next: null };
    if (path === "/api/sites") { house.sites = [{ ...SITE, language: "en", ...body }]; return house.sites[0]; }
    if (path.endsWith("/snippet")) return { tag: "<script data-site></script>", versioned_tag: null, last_at: house.heard && "2026-01-01T00:00:00Z", last_url: house.heard };
    if (path === "/api/experts") { house.experts = [{ ...body, id: "x" }]; return house.experts[0]; }
    return { items: path.startsWith("/api/experts") ? house.experts : [], next: null };
  });
});
afterEach(() => {
  on.end();
  sessionStorage.clear();
  act(() => { session.value = { state: "unknown", away: false }; setupCode.value = ""; part.value = ""; newcomer.value = null; unfinished.value = false; sites.value = null; });
});

it.each([
  [false, false, 0, "site"], [true, false, 0, "snippet"], [true, true, 0, "expert"], [true, false, 1, "done"], [true, true, 3, "done"],
] as const)("takes up at the first open step (site %s, heard %s, experts %i): %s", (there, heard, experts, step) => {
  expect(nextStep(there, { heard, experts })).toBe(step);
});
it("reads the code out of the whole address too, and knows what an e-mail address looks like", () => {
  expect([codeIn(" http://x/console/#/setup/abc "), codeIn("abc")]).toEqual(["abc", "abc"]);
  expect(["a@b.c", "a@b", "a", "@b", "a b@c"].map(isEmail)).toEqual([true, true, false, false, false]);
  expect([besides("olga@shop.example"), besides("olga+x@shop.example")]).toEqual(["olga+desk@shop.example", "olga+desk@shop.example"]);
  expect(madePassword()).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
  expect(madePassword()).not.toBe(madePassword());
});
it("makes the first administrator with the code of the address, and forgets the code", async () => {
  setupCode.value = "the-code";
  await on.show(<Door ended={false} />);
  await on.type("Name", " Olga ");
  await on.type("E-mail", "olga@shop.example");
  await on.type("Password", "long enough");
  await on.press("Create the administrator");
  expect(sent()).toEqual([{ method: "POST", path: "/api/setup", body: { code: "the-code", name: "Olga", email: "olga@shop.example", password: "long enough" } }]);
  expect([session.value.state, unfinished.value, setupCode.value]).toEqual(["in", true, ""]);
});
it("asks for the newest code where the address is old, and keeps what was written", async () => {
  setupCode.value = "old";
  refuses = "setup_code";
  await on.show(<Door ended={false} />);
  for (const [label, text] of [["Name", "Olga"], ["E-mail", "olga@shop.example"], ["Password", "long enough"]] as const) await on.type(label, text);
  await on.press("Create the administrator");
  expect(on.text()).toContain("not the newest one");
  expect([on.labelled("One-time code").getAttribute("aria-invalid"), on.labelled("Name").value]).toEqual(["true", "Olga"]);
});
it.each([["somebody was quicker", true, "not_found"], ["there is an account", false, null]])("is the door of every day where %s", async (_, open, code) => {
  house.open = open;
  refuses = code;
  setupCode.value = "x";
  await on.show(<Door ended={false} />);
  if (open) {
    for (const [label, text] of [["Name", "Eve"], ["E-mail", "eve@shop.example"], ["Password", "long enough"]] as const) await on.type(label, text);
    await on.press("Create the administrator");
  }
  expect(on.text()).toContain("Sign in and go online");
});
it("waits for the first event, says the page, and goes on from there", async () => {
  house.sites = [{ ...SITE, language: "en" } as Site];
  await start();
  expect(on.text()).toContain("No event yet");
  expect(on.button("Go on without it")).toBeDefined();
  house.heard = "https://shop.example/roses";
  for (let n = 0; n < 6; n++) await on.settle();
  expect(on.within(".start-wait").textContent).toContain("First event received from https://shop.example/roses");
  house.heard = "https://shop.example/other";
  for (let n = 0; n < 6; n++) await on.settle();
  expect(on.within(".start-wait").textContent, "the first stays").toContain("/roses");
  expect(unfinished.value).toBe(true);
});
it("makes the first expert, hands the sign-in over once, and is finished", async () => {
  house.sites = [{ ...SITE, language: "ru-RU" } as Site];
  house.heard = "https://shop.example/";
  await start();
  await on.type("Name", "Rose");
  await on.press("Create the expert");
  expect(sent()).toEqual([]);
  await on.type("E-mail", "rose@shop.example");
  await on.press("Create the expert");
  const body = sent()[0]!.body as { password: string };
  expect(sent()[0]).toMatchObject({ path: "/api/experts", body: { name: "Rose", email: "rose@shop.example", role: "expert", sites: ["s"], languages: ["ru"] } });
  part.value = "expert";
  await on.settle();
  expect(on.text()).toContain(body.password);
  expect(unfinished.value).toBe(false);
});
