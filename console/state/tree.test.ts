import { expect, it } from "vitest";
import { lines, toDraft, toRules, typeOf } from "./tree";

it("gives back the rules that it was given, in every field", () => {
  const rules = {
    home: ["/start"], hash_routes: false, index: ["index.html"], locales: ["de", "us/en"], ignored: ["category"], facets: ["colour-*"],
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
it.each([["Tree.CSV", "text/csv"], ["sitemap.xml", "application/xml"], ["sitemap.xml.gz", "application/gzip"], ["tree", "text/csv"]])("sends %s as %s", (name, type) => {
  expect(typeOf(name)).toBe(type);
});
