// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, expect, it } from "vitest";
import { setLanguage } from "../../text/text";
import { SITE, stage } from "./screen.fixture";
import { sentence, Triggers } from "./Triggers";

afterEach(() => setLanguage("en"));

it.each([
  [{ depth: 3, branch_dwell: 15 }, "Somebody goes 3 levels below the home page or deeper and stays in one part of the site for 15 s or longer", "Кто-то уходит на 3 уровня ниже главной или глубже и проводит в одной части сайта 15 с или дольше"],
  [{ known: true, returns: true }, "Somebody we know comes back", "Кто-то, кого мы знаем, возвращается"],
  [{ known: false, returns: false }, "Somebody we do not know is here for the first time", "Кто-то, кого мы не знаем, здесь впервые"],
  [{ known: true }, "Somebody we know is here", "Кто-то, кого мы знаем, сейчас здесь"],
  [{ depth: 0, returns: null }, "Somebody is here", "Кто-то сейчас здесь"],
  [{ moon: "full" }, 'Somebody moon: "full"', 'Кто-то moon: "full"'],
])("says %j as a sentence in both languages", (conditions, english, russian) => {
  expect(sentence(conditions).replaceAll("\u00a0", " ")).toBe(english);
  act(() => setLanguage("ru"));
  expect(sentence(conditions).replaceAll("\u00a0", " ")).toBe(russian);
});

it("says first what it waits for, then what it does; its name is for programs", async () => {
  const on = stage(() => ({ items: [{ id: "t", site: "s", name: "back", conditions: { known: true, returns: true }, action: "alert", active: true }], next: null }));
  await on.show(<Triggers site={SITE} changes={false} />);
  expect(on.within(".trigger strong").textContent).toBe("Somebody we know comes back");
  expect(on.text().indexOf("comes back")).toBeLessThan(on.text().indexOf("Then: the bell rings"));
  expect(on.within(".trigger code").textContent).toBe("back");
  on.end();
});
