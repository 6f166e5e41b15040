// @vitest-environment happy-dom
// What is shown beside words: a form closes when its own card was shown, and no other one does.
import { afterEach, expect, it, vi } from "vitest";
import { stage } from "../site/screen.fixture";
import { CardBar } from "./CardBar";

const answers: ((value: unknown) => void)[] = [];
vi.mock("../../live/line", async (original) => ({
  ...(await original<object>()),
  ask: () => new Promise((answer) => answers.push(answer)),
}));

let on: ReturnType<typeof stage>;
const opened = () => on.root.querySelector('[aria-expanded="true"]')?.textContent ?? null;
const information = async () => {
  await on.press("Information");
  await on.type("Title", "Watering");
  await on.type("Or a few words", "Short.");
  await on.press("Show");
};

afterEach(() => {
  on.end();
  answers.length = 0;
});

it.each<[string, string[], string | null]>([
  ["closes with the answer", [], null],
  ["stays closed", ["Information"], null],
  ["leaves another form open", ["Offer"], "Offer"],
  ["leaves a new one of its kind open", ["Information", "Information"], "Information"],
])("a form that was sent %s", async (_, pressed, left) => {
  on = stage(() => ({ items: [] }));
  await on.show(<CardBar target={{ conversation: "c" }} visit={null} site="s" />);
  await information();
  for (const name of pressed) await on.press(name);
  answers[0]!({});
  await on.settle();
  expect(opened()).toBe(left);
});
