import { expect, it } from "vitest";
import { addressOn, crumbs, lines, misread, toDraft, toRules, typeOf } from "./tree";

it("gives back the rules that it was given, in every field", () => {
  const rules = {
    home: ["/start"], home_names: ["Home"], hash_routes: false, index: ["index.html"], locales: ["de", "us/en"], ignored: ["category"], facets: ["colour-*"],
    query: ["cat"], endings: [".html"], ids: "group" as const, lower_case: true, names: { w: "Women", "cat=3": "Boots: high" },
  };
  expect(toRules(toDraft(rules))).toEqual(rules);
  expect(toRules(toDraft({ ...rules, locales: null })).locales).toBeNull();
});
it("takes one thing a line, once, without what stands around it", () => {
  expect(lines(" a \n\nb\r\na\n")).toEqual(["a", "b"]);
});
it("leaves out a part without a name", () => {
  expect(toRules({ ...toDraft({}), names: "w\n : x\nk : Kitchen" }).names).toEqual({ k: "Kitchen" });
});
it("tells which lines of names would be lost", () => {
  expect(misread("w : Women\nshoes\n : x\ny:\n\ncat=3 : Boots: high")).toEqual(["shoes", ": x", "y:"]);
});
it.each([
  ["/p/17", "https://shop.example", "https://shop.example/p/17"], ["//x.example/a", "https://shop.example", "//x.example/a"],
  ["https://x.example/a", "https://shop.example", "https://x.example/a"], ["foo bar", "https://shop.example", "foo bar"], ["/p", undefined, "/p"],
])("takes %j on %j for %j", (typed, origin, address) => {
  expect(addressOn(origin, typed)).toBe(address);
});
it.each([["Home > Women", ["Home", "Women"]], [" Home›", ["Home"]], ["", null], [" > ", null]])("reads the breadcrumb %j as %j", (text, names) => {
  expect(crumbs(text)).toEqual(names);
});
it.each([["Tree.CSV", "text/csv"], ["sitemap.xml", "application/xml"], ["sitemap.xml.gz", "application/gzip"], ["tree", "text/csv"]])("sends %s as %s", (name, type) => {
  expect(typeOf(name)).toBe(type);
});
