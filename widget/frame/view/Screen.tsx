// One thing beside the conversation: its heading has the focus, and there is a way back.

import { useEffect, useRef } from "preact/hooks";
import { goBack } from "../screen";
import { say } from "../words";

export function Screen({ title, children }: { title: string; children: preact.ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <section class="screen" aria-label={title}>
      <button type="button" class="plain" onClick={() => goBack()}>‹ {say("back")}</button>
      <h2 ref={heading} tabIndex={-1}>{title}</h2>
      {children}
    </section>
  );
}
