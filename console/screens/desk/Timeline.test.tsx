// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from "vitest";
import { setLanguage } from "../../text/text";
import type { TimelineItem } from "../../wire";
import { stage } from "../site/screen.fixture";
import { Timeline } from "./Timeline";

let on: ReturnType<typeof stage>;
beforeEach(() => { on = stage(() => ({})); });
afterEach(() => { on.end(); });

const bell = (end: string): TimelineItem => ({
  kind: "alert", at: "2026-11-22T18:58:00.000Z", data: { end, expert: { id: "e", name: "Anna Lindqvist" }, path: ["Garden"] },
} as unknown as TimelineItem);

it.each([["en", "Anna Lindqvist · somebody talked to them · Garden"], ["ru", "Anna Lindqvist · с посетителем заговорили · Garden"]] as const)(
  "does not call a colleague whoever took the visitor at whom the bell rang (%s)", async (language, line) => {
    setLanguage(language);
    await on.show(<Timeline items={[bell("taken")]} />);
    expect(on.text()).toContain(line);
  },
);
