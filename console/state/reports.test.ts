import { expect, it } from "vitest";
import type { FunnelRow, Product, TreeNode } from "../wire";
import { findProducts } from "./products";
import { dayIn, drops, growTree, keyOf, openRows, shiftDay } from "./reports";

const node = (path: string[], visits = 1): TreeNode => ({ path, depth: path.length, visits, page_views: visits, deepest: path.length, dwell_ms: 0, dwell_mean_ms: 0 });
const row = (name: FunnelRow["name"], visitors: number): FunnelRow => ({ name, visitors, share_of_first: 0, share_of_previous: 0 });

it("grows the tree from paths in any order, most visited first", () => {
  const roots = growTree([node(["A", "x"], 1), node([], 9), node(["B"], 5), node(["A"], 3), node(["A", "y"], 2)]);
  expect(roots.map((one) => one.key)).toEqual([keyOf([])]);
  expect(roots[0]!.children.map((one) => one.name)).toEqual(["B", "A"]);
  expect(roots[0]!.children[1]!.children.map((one) => one.name)).toEqual(["y", "x"]);
});
it("hangs a node whose parent is missing from the nearest one there is", () => {
  expect(growTree([node(["A"]), node(["A", "b", "c"])])[0]!.children[0]!.name).toBe("c");
  expect(growTree([node(["A", "b"]), node(["C"])]).map((one) => one.name).sort()).toEqual(["C", "b"]);
});
it("keeps names apart that only look alike when joined", () => {
  expect(growTree([node(["A/B"]), node(["A", "B"])])).toHaveLength(2);
});
it("shows only what is unfolded, with its level", () => {
  const roots = growTree([node([]), node(["A"]), node(["A", "b"])]);
  expect(openRows(roots, new Set()).map((one) => one.level)).toEqual([1]);
  expect(openRows(roots, new Set([keyOf([]), keyOf(["A"])])).map((one) => [one.branch.name, one.level])).toEqual([["", 1], ["A", 2], ["b", 3]]);
});
it("counts who stopped at each step and nobody at the last", () => {
  expect(drops([row("viewed", 10), row("deep", 4), row("order", 4)])).toEqual([
    { from: "viewed", to: "deep", visitors: 6, share: 0.6 }, { from: "deep", to: "order", visitors: 0, share: 0 }, null,
  ]);
});
it.each([
  ["Pacific/Auckland", "2026-03-02"], ["America/Los_Angeles", "2026-03-01"], ["UTC", "2026-03-01"], ["Not/AZone", "2026-03-01"], [undefined, "2026-03-01"],
])("says which day it is in %s", (zone, day) => {
  expect(dayIn(zone, new Date("2026-03-01T18:30:00Z"))).toBe(day);
});
it.each([["2026-03-01", -1, "2026-02-28"], ["2024-02-28", 1, "2024-02-29"], ["2026-01-01", -6, "2025-12-26"]])("shifts %s by %i to %s", (from, by, to) => {
  expect(shiftDay(from, by)).toBe(to);
});

const product = (name: string, path: string[], active = true): Product => ({ id: name, sku: name, name, path, active, price: { amount: 1, currency: "EUR" } });
it("offers first what stands near the page that is read, and never what is switched off", () => {
  const all = [product("Apple", ["Food"]), product("Boot Nora", ["Women", "Boots"]), product("Old boot", ["Women", "Boots"], false)];
  expect(findProducts(all, "", ["Women", "Boots", "Boot Nora"], 9).map((one) => one.name)).toEqual(["Boot Nora", "Apple"]);
  expect(findProducts(all, "boo WOM", [], 9).map((one) => one.name)).toEqual(["Boot Nora"]);
  expect(findProducts(all, "zzz", [], 9)).toEqual([]);
});
