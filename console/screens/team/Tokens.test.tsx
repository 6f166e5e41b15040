// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { setLanguage } from "../../text/text";
import type { Token } from "../../wire";
import { stage } from "../site/screen.fixture";
import { Tokens } from "./Tokens";

const AT = "2026-01-02T00:00:00Z";
const token = (some: Partial<Token> = {}): Token => ({ id: "t", name: "Till", account: { id: "a", name: "Ada" }, created_at: AT, used_at: null, expires_at: AT, current: false, ...some });

let on: ReturnType<typeof stage>;
let tokens: Token[];
const open = () => on.show(<Tokens />);

beforeEach(() => {
  tokens = [token({ used_at: AT }), token({ id: "u", name: "", current: true })];
  on = stage((method, _, body: { name: string }) => (method === "POST" ? { id: "n", name: body.name, token: "shown-once", expires_at: AT } : { items: tokens, next: null }));
});
afterEach(() => on.end());

it("says whose a token is, when it was used, and which is this one", async () => {
  await open();
  for (const said of ["Till", "Ada", "used Jan 2", "never used", "Without a name", "this one"]) expect(on.text()).toContain(said);
  act(() => setLanguage("ru"));
  for (const said of ["API-токены", "не использовался", "Без имени"]) expect(on.text()).toContain(said);
});

it("makes a token with a name and an end, and shows it once", async () => {
  await open();
  await on.type("What it is for", " Nightly export ");
  const days = on.labelled("Good for") as unknown as HTMLSelectElement;
  act(() => { days.value = "30"; days.dispatchEvent(new Event("change", { bubbles: true })); });
  await on.press("Make a token");
  expect(on.asked.filter(({ method }) => method === "POST")).toEqual([{ method: "POST", path: "/api/tokens", body: { name: "Nightly export", days: 30 } }]);
  expect(on.text()).toContain("shown-once");
  expect(document.activeElement?.textContent).toContain("It is shown this once");
  await on.press("I have copied it");
  expect(on.text()).not.toContain("shown-once");
});

it("asks before it revokes", async () => {
  await open();
  await on.press("Revoke");
  expect(on.text()).toContain("Revoke Till?");
  expect(on.asked.some(({ method }) => method === "DELETE")).toBe(false);
  tokens = [tokens[1]!];
  await on.press("Yes, at once");
  expect(on.asked.filter(({ method }) => method === "DELETE").map(({ path }) => path)).toEqual(["/api/tokens/t"]);
  await on.settle();
  expect(on.text()).not.toContain("Till");
});
