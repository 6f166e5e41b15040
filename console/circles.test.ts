// Files of the console build on each other in one direction; a circle is a knot that only grows.
import { expect, it } from "vitest";

const files = import.meta.glob<string>("./**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
const names = Object.keys(files).filter((name) => !name.includes(".test."));

function uses(name: string): string[] {
  const base = new URL(name, "file:///");
  return [...files[name]!.matchAll(/(?:from|import) "(\.[^"]+)"/g)].flatMap(([, to]) => {
    const path = `.${new URL(to!, base).pathname}`;
    return [`${path}.ts`, `${path}.tsx`].filter((one) => one in files);
  });
}

it("has no circle of files that import each other", () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (name: string, way: readonly string[]) => {
    if (way.includes(name)) return void circles.push([...way.slice(way.indexOf(name)), name].join(" > "));
    if (done.has(name)) return;
    for (const next of uses(name)) walk(next, [...way, name]);
    done.add(name);
  };
  for (const name of names) walk(name, []);
  expect(uses("./main.tsx")).toContain("./screens/App.tsx");
  expect(circles).toEqual([]);
});
