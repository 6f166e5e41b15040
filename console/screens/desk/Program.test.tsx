// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from "vitest";
import { called } from "../../live/program";
import { visit } from "../../state/fixtures";
import { stage } from "../site/screen.fixture";
import { Program } from "./Program";

let on: ReturnType<typeof stage>;
let refused = false;
beforeEach(() => { on = stage(() => (refused ? new Response(JSON.stringify({ code: "forbidden", detail: "" }), { status: 403 }) : {})); });
afterEach(() => { on.end(); called.value = null; refused = false; });
const said = () => on.asked.map(({ method, path, body }) => [method, path, body]);

it("calls somebody a program and takes it back", async () => {
  await on.show(<Program visit={visit()} who="Ann" />);
  await on.press("Mark as a program");
  expect(said()).toEqual([["PATCH", "/api/visitors/visitor-1", { bot: true }]]);
  expect(on.text()).toContain("Counts as a program");
  await on.press("Not a program");
  expect(said().at(-1)).toEqual(["PATCH", "/api/visitors/visitor-1", { bot: false }]);
  expect(on.text()).not.toContain("Counts as a program");
});
it("stays as it is where the server refuses", async () => {
  refused = true;
  await on.show(<Program visit={visit()} who="Ann" />);
  await on.press("Mark as a program");
  expect(on.text()).not.toContain("Counts as a program");
});
