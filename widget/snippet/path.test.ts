// Where a page stands: which source wins, and what each of them says.

import { beforeEach, describe, expect, test, vi } from "vitest";

const data = vi.hoisted(() => ({}) as Record<string, string>);
vi.mock("./tag", () => ({ data }));

type Place = typeof import("./path").place;
let place: Place;

const at = (path: string) => (window as any).happyDOM.setURL(`https://shop.example${path}`);
const page = (html: string) => (document.body.innerHTML = html);
const ld = (data: unknown) => `<script type="application/ld+json">${JSON.stringify(data)}</script>`;
const crumbs = (...names: [string, string?][]) => ({
  "@context": "https://schema.org",
  "@type": "BreadcrumbList",
  itemListElement: names.map(([name, item], i) => ({ "@type": "ListItem", position: i + 1, name, item })),
});
const microdata = `<ol itemscope itemtype="https://schema.org/BreadcrumbList">
  <li itemprop="itemListElement"><a itemprop="item" href="/"><span itemprop="name">Home</span></a></li>
  <li itemprop="itemListElement"><a itemprop="item" href="/men"><span itemprop="name"> Men </span></a></li>
  <li itemprop="itemListElement"><meta itemprop="name" content="Hats"></li></ol>`;
const canonical = `<link rel="canonical" href="https://shop.example/a/b%20c">`;

beforeEach(async () => {
  vi.resetModules();
  delete data.path;
  document.head.innerHTML = document.body.innerHTML = "";
  at("/women/boots/winter?colour=red");
  ({ place } = await import("./path"));
});

describe("the best source wins", () => {
  const all = ld(crumbs(["Women", "/women"], ["Boots"])) + microdata + canonical;
  test.each([
    ["the call", all, ["Called"], "From/Attribute", ["Called"], "call"],
    ["the attribute", all, undefined, "From/Attribute", ["From", "Attribute"], "attribute"],
    ["breadcrumbs", all, undefined, undefined, ["Women", "Boots"], "breadcrumb"],
    ["microdata", microdata + canonical, undefined, undefined, ["Men", "Hats"], "microdata"],
    ["the canonical address", canonical, undefined, undefined, ["a", "b c"], "canonical"],
    ["the address", "", undefined, undefined, ["women", "boots", "winter"], "url"],
  ])("%s", (_, html, given, attribute, path, source) => {
    page(html);
    if (attribute) data.path = attribute;
    expect(place(given)).toEqual({ path, source });
  });
});

describe("breadcrumbs", () => {
  test.each<[string, unknown, string[]]>([
    ["inside @graph", { "@graph": [{ "@type": "WebPage" }, crumbs(["A"], ["B"])] }, ["A", "B"]],
    ["inside a page", { "@type": "WebPage", breadcrumb: crumbs(["A"]) }, ["A"]],
    ["in a list", [{ "@type": "Product" }, crumbs(["A"])], ["A"]],
    ["one of several types", { ...crumbs(["A"]), "@type": ["Thing", "BreadcrumbList"] }, ["A"]],
    ["the home page in front is left out", crumbs(["Start", "https://shop.example/"], ["A", "/a"]), ["A"]],
    ["a first item that is not home stays", crumbs(["Start", "https://shop.example/start"], ["A"]), ["Start", "A"]],
    ["the home page alone has depth 0", crumbs(["Start", "/"]), []],
    ["by position, not by order", { "@type": "BreadcrumbList", itemListElement: [
      { position: 2, name: "B" }, { position: 1, name: "A" }] }, ["A", "B"]],
    ["names inside item objects", { "@type": "BreadcrumbList", itemListElement: [
      { position: 1, item: { "@id": "/", name: "Home" } }, { position: 2, item: { "@id": "/a", name: "A" } }] }, ["A"]],
    ["white space is folded, empty names left out", crumbs(["  A \n b "], [" "]), ["A b"]],
    ["an item known by its url", { "@type": "BreadcrumbList", itemListElement: [
      { position: 1, name: "Home", item: { url: "/" } }, { position: 2, name: "A" }] }, ["A"]],
  ])("%s", (_, data, path) => {
    page(ld(data));
    expect(place()).toEqual({ path, source: "breadcrumb" });
  });

  test.each([
    ["no JSON", `<script type="application/ld+json">{oops</script>`],
    ["no list", ld({ "@type": "BreadcrumbList", itemListElement: "x" })],
    ["an empty list", ld({ "@type": "BreadcrumbList", itemListElement: [] })],
    ["something else", ld({ "@type": "Product", name: "x" })],
  ])("%s: the next source is asked", (_, html) => {
    page(html);
    expect(place().source).toBe("url");
  });

  test("a broken block does not hide a good one", () => {
    page(`<script type="application/ld+json">{oops</script>` + ld(crumbs(["A"])));
    expect(place().path).toEqual(["A"]);
  });
});

describe("an address", () => {
  test.each([
    ["/", []],
    ["//a//b/", ["a", "b"]],
    ["/%D0%BE%D0%B1%D1%83%D0%B2%D1%8C/%20x", ["обувь", "x"]],
    ["/100%", ["100%"]],
  ])("%s", (path, expected) => {
    at(path);
    expect(place()).toEqual({ path: expected, source: "url" });
  });
});

describe("a single-page application", () => {
  test("that leaves its old breadcrumbs standing is not believed", () => {
    page(ld(crumbs(["A"])));
    expect(place().source).toBe("breadcrumb");
    at("/elsewhere");
    expect(place()).toEqual({ path: ["elsewhere"], source: "url" });
  });

  test("is believed again where the breadcrumbs were true", () => {
    page(ld(crumbs(["A"])));
    place();
    at("/elsewhere");
    place();
    at("/women/boots/winter");
    expect(place()).toEqual({ path: ["A"], source: "breadcrumb" });
  });

  test("with new breadcrumbs is believed", () => {
    page(ld(crumbs(["A"])));
    place();
    at("/elsewhere");
    page(ld(crumbs(["B"])));
    expect(place()).toEqual({ path: ["B"], source: "breadcrumb" });
  });

  test("that only changes the query stays where it was", () => {
    page(ld(crumbs(["A"])));
    place();
    at("/women/boots/winter?colour=blue");
    expect(place().source).toBe("breadcrumb");
  });
});

test.each([
  ["Women > Boots", ["Women", "Boots"]],
  ["Women/Boots", ["Women", "Boots"]],
  [["A/B", "C > D"], ["A/B", "C > D"]],
])("a path written as %j", (given, path) => {
  expect(place(given)).toEqual({ path, source: "call" });
});
