// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keepDraft } from "../../live/drafts";
import { setLanguage } from "../../text/text";
import type { TreeRules } from "../../wire";
import { SITE, stage } from "./screen.fixture";
import { Tree } from "./Tree";

let rules: TreeRules;
let preview: object;
let imported: () => unknown;
let on: ReturnType<typeof stage>;
const home = { path: [], depth: 0, source: "url", reason: "home", says: "This is the home page.", steps: [] };

beforeEach(() => {
  rules = { home: [], home_names: ["Home"], index: ["index.html"], locales: null, ids: "keep", names: {} };
  preview = home;
  imported = () => ({ kind: "tree", kept: 1, read: 1, repeated: 0, left_out: 0, by_depth: { "1": 1 }, sitemaps: [] });
  on = stage((method, path, body) => {
    if (path.endsWith("/rules")) return method === "PUT" ? (rules = body) : rules;
    if (path.endsWith("/preview")) return preview;
    if (path.includes("/import")) return imported();
    return { items: [], next: null };
  });
});
afterEach(() => { on.end(); keepDraft(SITE.id, null); });
const show = (changes = true) => on.show(<Tree site={SITE} changes={changes} />);
const saved = () => on.asked.filter((one) => one.method === "PUT");
const lastPreview = () => on.asked.findLast((one) => one.path.endsWith("/preview"))!.body as { url: string; path?: string[]; source?: string };

it.each(["foo bar", "https://", "javascript:alert(1)"])("shows no place for %s", async (nonsense) => {
  preview = { ...home, reason: "unreadable", says: "This is no web address." };
  await show();
  await on.type("Try an address", nonsense);
  expect(on.within(".preview").textContent).toContain("This is no web address.");
  expect(on.within(".preview").textContent).toContain("https://shop.example/");
  expect(on.within(".preview-place")).toBeNull();
  expect(on.within(".preview").textContent).not.toContain("Home page");
});
it("takes a path for an address of the site, and a breadcrumb with it", async () => {
  await show();
  await on.type("Try an address", "/p/17");
  expect(lastPreview()).toMatchObject({ url: "https://shop.example/p/17" });
  expect(lastPreview().path).toBeUndefined();
  await on.type("Its breadcrumb", "Home > Boots");
  expect(lastPreview()).toMatchObject({ path: ["Home", "Boots"], source: "breadcrumb" });
  expect(on.within(".preview-place")).not.toBeNull();
});
it("keeps what was changed when somebody looks at something else in between", async () => {
  await show();
  await on.type("Parts that are no level", "category");
  await on.show(<p>Another tab</p>);
  await show();
  expect(on.labelled("Parts that are no level").value).toBe("category");
  expect(on.text()).toContain("Not saved yet");
  await on.press("Save the rules");
  expect(saved()[0]!.body).toMatchObject({ ignored: ["category"], home_names: ["Home"] });
  expect(on.text()).not.toContain("Not saved yet");
  await on.show(<p>Another tab</p>);
  rules = { ...rules, ignored: ["later"] };
  await show();
  expect(on.labelled("Parts that are no level").value).toBe("later");
});
it("shows what holds to somebody who may not change it", async () => {
  await show();
  await on.type("Parts that are no level", "category");
  await on.show(null);
  await show(false);
  expect(on.labelled("Parts that are no level").value).toBe("");
});
it("says which line of the names is not understood, and does not save", async () => {
  await show();
  await on.type("What parts are called", "w : Women\nshoes");
  expect(on.button("Save the rules").disabled).toBe(false);
  await on.press("Save the rules");
  expect(saved()).toEqual([]);
  expect(on.within(".rules [role=alert]").textContent).toContain("Not understood: shoes");
  await on.type("What parts are called", "w : Women\nshoes : Shoes");
  expect(on.within(".rules [role=alert]")).toBeNull();
  await on.press("Save the rules");
  expect(saved()[0]!.body).toMatchObject({ names: { w: "Women", shoes: "Shoes" } });
});
it("says that an empty list of languages recognises none", async () => {
  await show();
  await on.tick("Languages in front");
  expect(on.text()).toContain("no language is recognised");
  await on.type("Parts in front that only say", "de");
  expect(on.text()).not.toContain("no language is recognised");
});
it("shows three lines where many may stand", async () => {
  await show();
  expect([...on.root.querySelectorAll("textarea")].every((one) => one.rows >= 3)).toBe(true);
});

const choose = async () => {
  const field = on.within<HTMLInputElement>("input[type=file]");
  Object.defineProperty(field, "files", { value: [new File(["/a,A"], "tree.csv")], configurable: true });
  act(() => { field.dispatchEvent(new Event("change", { bubbles: true })); });
  await on.settle();
};
const imports = () => on.asked.filter((one) => one.path.includes("/import"));
it("imports when it is told to, with what was ticked before", async () => {
  await show();
  const order = [...on.root.querySelectorAll("form.sheet:not(.rules) :is(input, button)")].map((one) => (one as HTMLInputElement).type);
  expect(order).toEqual(["checkbox", "file", "submit"]);
  expect(on.button("Import").disabled).toBe(true);
  await on.tick("Add to what is there");
  await choose();
  expect(imports()).toEqual([]);
  await on.press("Import");
  expect(imports().map((one) => one.path)).toEqual(["/api/sites/s/tree/import?add=true"]);
  expect(on.text()).toContain("1 place of the tree is known now.");
  expect(on.button("Import").disabled).toBe(true);
});
it("says the lines that are wrong, in the other language too", async () => {
  imported = () => new Response(JSON.stringify({ code: "invalid", faults: [{ line: 3, says: "<b>x</b>" }], faulty: 1 }), { status: 422 });
  act(() => setLanguage("ru"));
  await show();
  await choose();
  await on.press("Загрузить");
  expect(on.text()).toContain("Строка 3: <b>x</b>");
  expect(on.within("b")).toBeNull();
});
