// A long list of rows of one height: only what can be seen is in the page, 20,000 rows are as quick as 20.
// It scrolls with the nearest scrolling column, so a list never hides inside another one.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const OVERSCAN = 8;

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
      const first = Math.max(0, Math.floor(-box.top / height) - OVERSCAN);
      const last = Math.ceil((innerHeight - box.top) / height) + OVERSCAN;
      setRange((old) => (old[0] === first && old[1] === last ? old : [first, last]));
    };
    measure();
    addEventListener("scroll", measure, { capture: true, passive: true });
    addEventListener("resize", measure);
    return () => {
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
