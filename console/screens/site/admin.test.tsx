// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { site as chosen, sites } from "../../live/sites";
import { setLanguage } from "../../text/text";
import type { Product, Site } from "../../wire";
import { LookForm } from "./LookForm";
import { Products } from "./Products";
import { pathOf } from "./products/ProductForm";
import { SITE, stage } from "./screen.fixture";
import { Settings } from "./Settings";
import { TalkForm } from "./TalkForm";

const HERE = {
  ...SITE, language: "en", zone: "UTC", currency: "EUR", look: { accent: "", side: "right", title: { en: "", ru: "" }, welcome: { en: "", ru: "" } },
  talk: { idle_minutes: 60, warn_minutes: 5, preview: false, files: true, ratings: true, night: true, countries: [] },
} as unknown as Site;
const scheme = { accent: "#112233", hover: "#112233", ink: "#ffffff", soft: "#ddeeff", soft_ink: "#112233" };
let on: ReturnType<typeof stage>;
let products: Product[] = [];
let taken = false;
const sent = () => on.asked.filter(({ method }) => method !== "GET");
const asked = (part: string) => on.asked.filter(({ path }) => path.includes(part)).map(({ path }) => path);
const Chosen = ({ what: What }: { what: (props: { site: Site; changes: boolean }) => preact.JSX.Element }) => <What site={chosen.value!} changes />;

beforeEach(() => {
  sites.value = [HERE];
  taken = false;
  on = stage((method, path, body: object) => {
    if (path.startsWith("/api/palette")) return { light: scheme, dark: scheme };
    if (taken && method === "POST") return new Response(JSON.stringify({ code: "exists", detail: "This exists already." }), { status: 409 });
    if (path.startsWith("/api/products") && method === "GET") {
      const query = new URL(path, "http://x").searchParams;
      const from = Number(query.get("cursor") ?? 0), most = Number(query.get("limit"));
      const found = products.filter((one) => one.name.includes(query.get("q") ?? "") && (query.get("active") !== "true" || one.active));
      return { items: found.slice(from, from + most), next: from + most < found.length ? String(from + most) : null };
    }
    if (path.startsWith("/api/topics")) return { items: [{ id: "0", path: [] }, { id: "1", path: ["Garden", "Roses"] }], next: null };
    if (path.startsWith("/api/products")) return { id: "n", sku: "N", name: "New", path: [], active: true, price: { amount: 1, currency: "EUR" }, ...body, ...("price" in body ? { price: { amount: body.price, currency: "EUR" } } : {}) };
    return method === "GET" ? { items: sites.value, next: null } : { ...HERE, ...body };
  });
});
afterEach(() => { on.end(); sessionStorage.clear(); sites.value = null; products = []; });

it("changes a site's name and addresses, as a browser spells them, and never its key or money", async () => {
  await on.show(<Chosen what={Settings} />);
  expect(on.button("Save").disabled).toBe(true);
  await on.type("Name of the site", "Roses");
  await on.type("Addresses of its pages", "shop.example/\nwww.shop.example");
  expect(on.text()).toContain("Pages from https://shop.example, https://www.shop.example may send.");
  expect(on.labelled("Currency").readOnly).toBe(true);
  await on.press("Save");
  expect(sent()).toEqual([{ method: "PATCH", path: "/api/sites/s", body: { name: "Roses", origins: ["https://shop.example", "https://www.shop.example"], language: "en", zone: "UTC" } }]);
  expect(on.text()).not.toContain("not saved yet");
});
it("makes one more site, says at the field that its key is taken, and keeps what was written", async () => {
  taken = true;
  await on.show(<Chosen what={Settings} />);
  await on.press("+ One more site");
  const second = () => on.root.querySelectorAll("form")[1]!;
  const fill = async (at: number, text: string) => {
    const field = second().querySelectorAll<HTMLInputElement>("input, textarea")[at]!;
    act(() => { field.value = text; field.dispatchEvent(new Event("input", { bubbles: true })); });
    await on.settle();
  };
  await on.press("Create the site");
  expect(sent()).toEqual([]);
  expect(on.text()).toContain("Give the site a name.");
  await fill(0, "Мой сад");
  expect(second().querySelectorAll("input")[1]!.value).toBe("moy-sad");
  await fill(2, "sad.example");
  await on.press("Create the site");
  expect(on.text()).toContain("Another site has this key.");
  expect(sent()).toMatchObject([{ method: "POST", path: "/api/sites", body: { key: "moy-sad", usual_triggers: true } }]);
  expect(second().querySelectorAll("input")[0]!.value).toBe("Мой сад");
});
it("shows how the chat looks while one chooses, and sends it whole", async () => {
  await on.show(<Chosen what={LookForm} />);
  await on.type("Colour", "#ff8800");
  await on.press("Left");
  const title = on.root.querySelector<HTMLInputElement>('input[lang="ru"]')!;
  act(() => { title.dispatchEvent(new FocusEvent("focusin", { bubbles: true })); title.value = " Привет "; title.dispatchEvent(new Event("input", { bubbles: true })); });
  await on.settle();
  expect(asked("/api/palette").at(-1)).toContain("accent=%23ff8800");
  expect(on.root.querySelectorAll(".look-shown.is-left")).toHaveLength(2);
  expect(on.within<HTMLElement>(".look-chat").shadowRoot!.querySelector("header h1")!.textContent).toBe("Привет");
  await on.press("Save");
  expect(sent()[0]!.body).toEqual({ look: { accent: "#ff8800", side: "left", title: { en: "", ru: "Привет" }, welcome: { en: "", ru: "" } } });
  expect(on.button("Save").disabled).toBe(true);
});
it("has the visitor of the picture write in the language that the picture shows, whatever the console speaks", async () => {
  setLanguage("ru");
  await on.show(<Chosen what={LookForm} />);
  expect(on.within<HTMLElement>(".look-chat").shadowRoot!.querySelector(".mine")!.textContent).toBe("Do you have it in green?");
});
it("ends silent conversations after minutes that make sense, or never", async () => {
  await on.show(<Chosen what={TalkForm} />);
  await on.type("Warned", "60");
  await on.press("Save");
  expect(on.text()).toContain("The warning comes before the end");
  expect(sent()).toEqual([]);
  await on.tick("A conversation without a word");
  await on.tick("Visitors may attach files");
  await on.press("Save");
  expect(sent()[0]!.body).toEqual({ talk: { idle_minutes: 0, warn_minutes: 5, preview: false, files: false, ratings: true, night: true, countries: [] } });
});
it("takes countries by their letters, names them, and nothing that is none", async () => {
  await on.show(<Chosen what={TalkForm} />);
  await on.type("Countries", "de, QQ");
  await on.press("Save");
  expect(on.text()).toContain("Codes of two letters");
  expect(sent()).toEqual([]);
  await on.type("Countries", "de at,DE");
  expect(on.text()).toContain("Germany, Austria");
  await on.press("Save");
  expect(sent()[0]!.body).toMatchObject({ talk: { countries: ["DE", "AT"] } });
});
it.each([["Garden > Roses", ["Garden", "Roses"]], ["Garden›Roses ", ["Garden", "Roses"]], ["24/7 care", ["24/7 care"]], ["", []]])("reads the place %j", (typed, path) => {
  expect(pathOf(typed)).toEqual(path);
});
it("asks the server for products page by page, and for what one looks for", async () => {
  products = Array.from({ length: 120 }, (_, n) => ({ id: String(n), sku: `P-${n}`, name: `Pot ${n}`, path: ["Garden"], active: n % 2 === 0, price: { amount: 1250, currency: "EUR" } }));
  await on.show(<Chosen what={Products} />);
  expect(on.root.querySelectorAll(".topic-list > li")).toHaveLength(50);
  await on.press("Show more");
  expect(on.root.querySelectorAll(".topic-list > li")).toHaveLength(60);
  const find = on.within<HTMLInputElement>('input[type="search"]');
  act(() => { find.value = "Pot 11"; find.dispatchEvent(new Event("input", { bubbles: true })); });
  await on.settle();  // the hand rests
  await on.settle();  // the answer is there
  expect(on.root.querySelectorAll(".topic-list > li")).toHaveLength(5);
  await on.tick("Also those not sold");
  expect(on.root.querySelectorAll(".topic-list > li")).toHaveLength(11);
  expect(on.text()).toContain("not sold");
});
it("writes a product with a price in the site's money, and takes one out of the shop", async () => {
  await on.show(<Chosen what={Products} />);
  expect(on.text()).toContain("There are no products yet.");
  await on.press("+ New product");
  await on.press("Save");
  expect(on.text()).toContain("A price is a number");
  expect(sent()).toEqual([]);
  await on.type("Name", "Spade");
  await on.type("Article number", "SP-1");
  await on.type("Price in EUR", "12,5");
  expect(on.text()).toContain("That is €12.50.");
  expect([...on.root.querySelectorAll("datalist option")].map((one) => one.getAttribute("value"))).toEqual(["Garden › Roses"]);
  await on.type("Place on the tree", "Garden > Tools");
  await on.press("Save");
  expect(sent()).toEqual([{ method: "POST", path: "/api/products", body: { site: "s", sku: "SP-1", name: "Spade", price: 1250, path: ["Garden", "Tools"], active: true } }]);
  products = [{ id: "1", sku: "SP-1", name: "Spade", path: ["Garden"], active: true, price: { amount: 1250, currency: "EUR" } }];
  await on.tick("Also those not sold");
  act(() => on.within<HTMLElement>('[data-id="1"]').click());
  await on.settle();
  expect([on.labelled("Price in EUR").value, on.labelled("Article number").readOnly]).toEqual(["12.50", true]);
  await on.tick("It is sold");
  await on.press("Save");
  expect(sent()[1]).toEqual({ method: "PATCH", path: "/api/products/1", body: { name: "Spade", price: 1250, path: ["Garden"], active: false } });
});
it("speaks Russian", async () => {
  act(() => setLanguage("ru"));
  await on.show(<Chosen what={TalkForm} />);
  expect(on.text()).toContain("Посетители могут прикреплять файлы");
});
