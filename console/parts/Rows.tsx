// A long list of rows of one height: only what can be seen is in the page, 20,000 rows are as quick as 20.
// It scrolls with the nearest scrolling column, so a list never hides inside another one.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const OVERSCAN = 8;

/** The rows from `first` to before `last` that a screen of `tall` px shows of a list whose top stands at `top`. */
export function inSight(top: number, tall: number, height: number): [first: number, last: number] {
  const first = Math.max(0, Math.floor(-top / height) - OVERSCAN);
  return [first, Math.max(first + OVERSCAN, Math.ceil((tall - top) / height) + OVERSCAN)];
}

export function Rows<T extends { id: string }>(
  { items, height, label, row }: { items: readonly T[]; height: number; label: string; row: (item: T) => ComponentChildren },
) {
  const ref = useRef<HTMLUListElement>(null);
  const [range, setRange] = useState<[number, number]>([0, 30]);

  useLayoutEffect(() => {
    const list = ref.current;
    if (!list) return;
    const measure = () => {
      const box = list.getBoundingClientRect();
      const [first, last] = inSight(box.top, innerHeight, height);
      setRange((old) => (old[0] === first && old[1] === last ? old : [first, last]));
    };
    measure();
    addEventListener("scroll", measure, { capture: true, passive: true });
    addEventListener("resize", measure);
    // What stands above may grow or shrink without anybody scrolling.
    const moved = new ResizeObserver(measure);
    for (const near of list.closest("section, div.live-body, main")?.parentElement?.children ?? []) moved.observe(near);
    return () => {
      moved.disconnect();
      removeEventListener("scroll", measure, { capture: true });
      removeEventListener("resize", measure);
    };
  }, [height, items.length]);

  const [first, last] = range;
  return (
    <ul class="rows" ref={ref} aria-label={label} style={{ height: `${items.length * height}px` }}>
      {items.slice(first, last).map((item, at) => (
        <li key={item.id} class="rows-row" aria-setsize={items.length} aria-posinset={first + at + 1}
          style={{ height: `${height}px`, transform: `translateY(${(first + at) * height}px)` }}>
          {row(item)}
        </li>
      ))}
    </ul>
  );
}
