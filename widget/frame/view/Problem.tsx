// The server's "no", or what is missing: a sentence beside the control, brought into view.

import { useEffect, useRef } from "preact/hooks";

/** `id`: for the field that it belongs to. */
export function Problem({ children, id }: { children: string; id?: string }) {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (children) line.current?.scrollIntoView({ block: "nearest" });
  }, [children]);
  return <p class="problem" role="alert" id={id} ref={line}>{children}</p>;
}

/** Says at a field that it is the one, and where the sentence stands. */
export const pointed = (wrong: boolean, id: string) => (wrong ? { "aria-invalid": true, "aria-describedby": id } as const : {});
