// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { SITE, stage } from "./screen.fixture";
import { Triggers } from "./Triggers";

it("says each trigger as a sentence", async () => {
  const on = stage(() => ({ items: [{ id: "t", site: "s", name: "back", conditions: { all: [{ kind: "known" }, { kind: "returning" }] }, action: "alert", content: {}, caps: { visit: null }, quiet: null, hold_out: 0, active: true, findings: [] }], next: null }));
  await on.show(<Triggers site={SITE} changes={false} />);
  expect(on.within(".trigger").textContent).toContain("When a known customer comes back, ring the right expert, at each arrival.");
  on.end();
});
