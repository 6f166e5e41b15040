// The server's "no", or what is missing: a sentence beside the control, brought into view.

import { useEffect, useRef } from "preact/hooks";

export function Problem({ children }: { children: string }) {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (children) line.current?.scrollIntoView({ block: "nearest" });
  }, [children]);
  return <p class="problem" role="alert" ref={line}>{children}</p>;
}
