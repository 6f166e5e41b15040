// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { site as chosen, sites } from "../../live/sites";
import { setLanguage } from "../../text/text";
import type { Site } from "../../wire";
import { Ladder } from "./Ladder";
import { SITE, stage } from "./screen.fixture";

const LADDER = { rungs: [{ rung: "owner", seconds: 20 }, { rung: "topic", seconds: 60 }], wait_seconds: 300, fallback: "message" } as Site["ladder"];
let on: ReturnType<typeof stage>;
let refuses: Response | null;
function Shown({ changes }: { changes: boolean }) { return <Ladder site={chosen.value!} changes={changes} />; }
const show = (changes = true) => on.show(<Shown changes={changes} />);
const saved = () => on.asked.filter((one) => one.method === "PATCH").map((one) => (one.body as { ladder: Site["ladder"] }).ladder);

beforeEach(() => {
  refuses = null;
  sites.value = [{ ...SITE, ladder: LADDER }];
  on = stage((_, __, body: { ladder: Site["ladder"] }) => refuses ?? { ...SITE, ladder: body.ladder });
});
afterEach(() => { on.end(); sites.value = null; sessionStorage.clear(); });

it("reads as a sentence, with the time it takes, in both languages", async () => {
  await show();
  expect(on.text()).toContain("First the owner of the customer for 20 s, then whoever knows the topic best for 1 min. If nobody answers, the visitor may leave a message. Whoever wrote while everybody is busy waits up to 5 min.");
  expect(on.text()).toContain("rings for 1 min 20 s at most");
  act(() => setLanguage("ru"));
  expect(on.text()).toContain("Сначала 20 с звенит у того, кто ведёт клиента, потом 1 мин у того, кто лучше знает тему.");
});
it("changes order, time and rungs, and sends the whole ladder", async () => {
  await show();
  act(() => on.within<HTMLElement>('[data-rung="owner"] [data-act="down"]').click());
  await on.settle();
  expect(on.text()).toContain("First whoever knows the topic best for 1 min, then the owner of the customer for 20 s.");
  await on.press("+ Anyone who is free");
  await on.type("Seconds: Anyone who is free", "45");
  await on.press("Save the ladder");
  expect(saved()).toEqual([{ ...LADDER, rungs: [{ rung: "topic", seconds: 60 }, { rung: "owner", seconds: 20 }, { rung: "anyone", seconds: 45 }] }]);
  expect(on.button("Save the ladder").disabled).toBe(true);
});
it("says at the field what is wrong, and cannot be saved meanwhile", async () => {
  await show();
  await on.type("Seconds: The owner", "3");
  const field = on.labelled("Seconds: The owner");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(document.getElementById(field.getAttribute("aria-describedby")!)?.textContent).toBe("A whole number from 5 to 3,600");
  expect(on.button("Save the ladder").disabled).toBe(true);
  expect(saved()).toEqual([]);
});
it("asks for a rung where none is left, and says what a ladder without “anyone” means", async () => {
  await show();
  expect(on.text()).toContain("Strangers whose topic nobody knows ring nowhere");
  act(() => on.within<HTMLElement>(`[data-rung="topic"] [aria-label^="Take out"]`).click());
  expect(on.text()).toContain("All strangers ring nowhere now");
  for (const rung of ["owner"]) { act(() => on.within<HTMLElement>(`[data-rung="${rung}"] [aria-label^="Take out"]`).click()); await on.settle(); }
  expect(on.text()).toContain("A ladder needs at least one rung.");
  expect(on.button("Save the ladder").disabled).toBe(true);
});
it("says a refusal of the server, and keeps what was written", async () => {
  refuses = new Response(JSON.stringify({ code: "forbidden", detail: "No." }), { status: 403 });
  await show();
  await on.type("Seconds: The owner", "30");
  await on.press("Save the ladder");
  expect(on.within(".form-error").textContent).toContain("may not do this");
  expect(on.labelled("Seconds: The owner").value).toBe("30");
});
it("lets whoever looks on read, and change nothing", async () => {
  await show(false);
  expect(on.within<HTMLFieldSetElement>("fieldset").disabled).toBe(true);
  expect(on.root.querySelector(".ladder-acts, [type=submit]")).toBeNull();
});
