// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Article, ArticleBrief, ArticleHits } from "../../wire";
import { Articles, findArticles } from "./Articles";
import { pathOf } from "./knowledge/ArticleForm";
import { SITE, stage } from "./screen.fixture";

let on: ReturnType<typeof stage>;
const brief = (id: string, title: string, more: Partial<ArticleBrief> = {}): ArticleBrief =>
  ({ id, site: "s", title, language: "en", path: [], state: "published", length: 10, updated_at: "2026-01-01T00:00:00Z", ...more });
const whole = (one: ArticleBrief): Article => ({ ...one, text: `About **${one.title}**`, author: null, created_at: one.updated_at });
const HERE = { ...SITE, language: "en-GB" } as typeof SITE;
let all: ArticleBrief[];
let hits: ArticleHits;
const sent = () => on.asked.filter(({ method }) => method !== "GET");

beforeEach(() => {
  all = [brief("1", "Delivery"), brief("2", "Возврат", { language: "ru", state: "draft", path: ["Garden", "Beds"], updated_at: "2026-02-01T00:00:00Z" })];
  hits = { items: [], least: 0.42, unknown: [] };
  on = stage((method, path, body: { title: string }) => {
    if (path.startsWith("/api/articles/search")) return hits;
    if (path.startsWith("/api/topics")) return { items: [], next: null };
    if (method === "GET" && path.startsWith("/api/articles?")) return { items: all, next: null };
    if (method === "DELETE") return new Response(null, { status: 204 });
    if (method === "GET") return whole(all.find(({ id }) => path.endsWith(`/${id}`))!);
    return { ...whole(brief("9", body.title ?? "Delivery")), ...body };
  });
});
afterEach(() => { on.end(); sessionStorage.clear(); });

it("lists what was changed last first, and finds by title, topic, language and state", () => {
  expect(findArticles(all, "").map(({ id }) => id)).toEqual(["2", "1"]);
  for (const [words, found] of [["deli", ["1"]], ["beds garden", ["2"]], ["russian", ["2"]], ["draft", ["2"]], ["nothing", []]] as const)
    expect(findArticles(all, words).map(({ id }) => id)).toEqual(found);
});
it.each([["Garden › Beds", ["Garden", "Beds"]], [" Garden>Beds > ", ["Garden", "Beds"]], ["", []]])("reads the place %j", (text, path) => expect(pathOf(text)).toEqual(path));

it("writes a new article, and shows how it will look", async () => {
  await on.show(<Articles site={HERE} />);
  await on.press("+ New article");
  await on.press("Save");
  expect(on.text()).toContain("An article needs a title.");
  expect(document.activeElement).toBe(on.labelled("Title"));
  await on.type("Title", " Repairs ");
  await on.type("Text", "We **mend**:\n- saws\n<b>x</b>");
  expect(on.within(".preview-text").innerHTML).toBe("<p>We <strong>mend</strong>:</p><ul><li>saws</li></ul><p>&lt;b&gt;x&lt;/b&gt;</p>");
  await on.type("Topic", "Workshop > Saws");
  await on.tick("Published");
  await on.press("Save");
  expect(sent()).toEqual([{ method: "POST", path: "/api/articles", body: { site: "s", title: "Repairs", text: "We **mend**:\n- saws\n<b>x</b>", language: "en", path: ["Workshop", "Saws"], state: "published" } }]);
  expect(on.root.querySelector("form.article-form")).toBeNull();
});
it("keeps what is being written over a reload", async () => {
  await on.show(<Articles site={HERE} />);
  await on.press("+ New article");
  await on.type("Title", "Half a title");
  on.end();
  beforeEachAgain();
  await on.show(<Articles site={HERE} />);
  expect(on.labelled("Title").value).toBe("Half a title");
});
it("changes one, and deletes one only when asked twice", async () => {
  await on.show(<Articles site={HERE} />);
  act(() => on.within<HTMLElement>('[data-id="1"]').click());
  await on.settle();
  expect(on.labelled("Text").value).toBe("About **Delivery**");
  await on.press("Delete");
  expect(sent()).toEqual([]);
  await on.press("Keep it");
  await on.type("Text", "Free.");
  await on.press("Save");
  expect(sent()).toEqual([{ method: "PATCH", path: "/api/articles/1", body: { title: "Delivery", text: "Free.", language: "en", path: [], state: "published" } }]);
  act(() => on.within<HTMLElement>('[data-id="2"]').click());
  await on.settle();
  await on.press("Delete");
  await on.press("Yes, delete");
  expect(sent().at(-1)).toMatchObject({ method: "DELETE", path: "/api/articles/2" });
});
it("asks like a visitor and says why", async () => {
  hits = { items: [{ id: "1", title: "Delivery", quote: "It is **free**.", score: 0.81, fits: true, language: "en", words: ["delivery"] },
    { id: "2", title: "Returns", quote: "A hundred days.", score: 0.2, fits: false, language: "en", words: ["pay"] }], least: 0.42, unknown: ["bitcoin"] };
  await on.show(<Articles site={HERE} />);
  await on.type("Question", "Is delivery free?");
  await on.press("Ask");
  expect(on.asked.at(-1)!.path).toBe("/api/articles/search?site=s&q=Is+delivery+free%3F&language=en");
  for (const said of ["A visitor would be shown this:", "81 of 100", "Words of the question it has: “delivery”", "under 42 of 100", "20 of 100", "No article knows: “bitcoin”"]) expect(on.text()).toContain(said);
  expect(on.within("blockquote strong").textContent).toBe("free");
});
it("says plainly when nothing fits", async () => {
  await on.show(<Articles site={HERE} />);
  await on.type("Question", "What is the capital of France?");
  await on.press("Ask");
  expect(on.text()).toContain("Nothing fits well enough");
});
it("says what to do where there is nothing yet", async () => {
  all = [];
  await on.show(<Articles site={HERE} />);
  expect(on.text()).toContain("No articles yet.");
  expect(on.text()).not.toContain("Ask like a visitor");
});

/** A page that was loaded anew: the same tab, another screen. */
function beforeEachAgain(): void {
  on = stage((_, path) => (path.startsWith("/api/articles") ? { items: all, next: null } : { items: [], next: null }));
}
