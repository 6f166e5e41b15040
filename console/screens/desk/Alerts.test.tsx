// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { desk } from "../../live/desk";
import { selection } from "../../live/selection";
import { alert, me, visit } from "../../state/fixtures";
import { apply, deskFrom } from "../../state/desk";
import { setLanguage } from "../../text/text";
import { Alerts } from "./Alerts";

let root: HTMLElement;
const text = () => root.textContent ?? "";
const show = (...alerts: ReturnType<typeof alert>[]) =>
  act(() => { desk.value = deskFrom({ me, alerts, conversations: [], experts: [], sites: [] }, []); });

beforeEach(() => {
  root = document.body.appendChild(document.createElement("div"));
  act(() => render(<Alerts />, root));
});
afterEach(() => {
  act(() => { render(null, root); desk.value = null; selection.value = null; setLanguage("en"); });
  root.remove();
});

it("says what to do while nobody waits", () => {
  show();
  expect(text()).toContain("Nobody needs you right now.");
});

it("says who, where, how deep, why and why here, and offers both answers", () => {
  show(alert({
    id: "a", rung: "owner", why: ["4 levels deep, at Hoses"], visit: visit({ path: ["Garden", "Hoses"], depth: 2, deepest: 4, pages: 7 }),
    customer: null,
  }));
  for (const said of ["Stranger", "Garden", "Hoses", "7 pages", "4 levels deep, at Hoses", "Your customer", "Accept", "Decline"]) expect(text()).toContain(said);
  expect(root.querySelector(".depth")?.getAttribute("aria-label")).toBe("Level 2 now, deepest 4");
});

it("puts the more important one above, whoever came first", () => {
  show(alert({ id: "low", importance: 20 }), alert({ id: "high", importance: 80 }));
  expect([...root.querySelectorAll<HTMLElement>("[data-alert]")].map((one) => one.dataset.alert)).toEqual(["high", "low"]);
});

it("says importance in words, apart from the time that runs", () => {
  show(alert({ importance: 62 }));
  expect(root.querySelector(".alert-head")?.textContent).not.toContain("62");
  expect(root.querySelector(".alert-head svg")).toBeNull();
  expect(root.querySelector(".why")?.textContent).toContain("Importance 62 of 100");
});

it("leaves one line with the reason when a colleague took it", () => {
  show(alert({ id: "a" }));
  act(() => { desk.value = apply(desk.value!, { name: "alert.cleared", data: { id: "a", reason: "taken" } }, Date.now()); });
  expect(root.querySelectorAll("[data-alert]")).toHaveLength(0);
  expect(text()).toContain("a colleague took it");
});

it("shows text of visitors as text", () => {
  show(alert({ visit: visit({ path: ["<img src=x onerror=alert(1)>"] }) }));
  expect(root.querySelector("img")).toBeNull();
  expect(text()).toContain("<img src=x");
});

it("speaks the other language at once", () => {
  show(alert({ id: "a" }));
  act(() => setLanguage("ru"));
  expect(text()).toContain("Принять");
  expect(document.documentElement.lang).toBe("ru");
});
