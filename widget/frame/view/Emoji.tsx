// The little pictures: one stop for the Tab key, arrows within; Escape leads back.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { EMOJI, walk } from "../emoji";
import { say } from "../words";

export function Emoji({ chosen, left }: { chosen: (picture: string) => void; left: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const at = useSignal(0);
  const focus = () => (box.current?.children[at.value] as HTMLElement | undefined)?.focus();
  useEffect(focus, []);
  return (
    <div class="emoji" ref={box} role="group" aria-label={say("emoji")}
      onKeyDown={(event) => {
        const to = walk(event.key, at.value);
        if (event.key === "Escape") {
          event.stopPropagation();
          left();
        } else if (to !== null) {
          event.preventDefault();
          at.value = to;
          focus();
        }
      }}>
      {EMOJI.map((picture, i) => (
        <button key={picture} type="button" class="plain" tabIndex={i === at.value ? 0 : -1} onClick={() => chosen(picture)}>
          {picture}
        </button>
      ))}
    </div>
  );
}
