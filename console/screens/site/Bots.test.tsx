// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from "vitest";
import { called } from "../../live/program";
import { visit } from "../../state/fixtures";
import type { VisitBrief } from "../../wire";
import { Bots } from "./Bots";
import { SITE, stage } from "./screen.fixture";

let bots: VisitBrief[];
let on: ReturnType<typeof stage>;
const said = () => on.asked.filter((one) => one.method === "PATCH").map(({ path, body }) => [path, body]);

beforeEach(async () => {
  bots = [visit({ id: "v1", visitor: "aaaa-1111", bot: true }), visit({ id: "v2", visitor: "bbbb-2222", bot: true, started_at: "2025-12-31T00:00:00Z" })];
  on = stage((method, path, body: { bot: boolean }) => {
    if (method === "PATCH" && !body.bot) bots = bots.filter((one) => !path.endsWith(one.visitor));
    return { items: bots, next: null };
  });
  await on.show(<Bots site={SITE} />);
});
afterEach(() => { on.end(); called.value = null; });
const rows = () => [...on.root.querySelectorAll(".bot")].map((one) => one.textContent!);

it("keeps a corrected row in its place, with a way back", async () => {
  await on.press("This is a person");
  expect(said()).toEqual([["/api/visitors/aaaa-1111", { bot: false }]]);
  expect(rows()).toHaveLength(2);
  expect(rows()[0]).toContain("counts as a person");
  expect(rows()[1]).toContain("This is a person");
  await on.press("Undo");
  expect(said().at(-1)).toEqual(["/api/visitors/aaaa-1111", { bot: true }]);
  expect(on.text()).not.toContain("counts as a person");
});
