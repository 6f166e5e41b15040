// A field with its label, what it means, or what is wrong with it.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

export type At = { id: string; "aria-invalid": boolean; "aria-describedby": string | undefined };

export function Field({ label, more, wrong, children }: { label: string; more?: string | undefined; wrong?: string | null | undefined; children: (at: At) => ComponentChildren }) {
  const id = useId();
  const says = wrong || more;
  return (
    <div class="field">
      <label for={id} class="small soft">{label}</label>
      {children({ id, "aria-invalid": !!wrong, "aria-describedby": says ? `${id}-more` : undefined })}
      {says && <p id={`${id}-more`} class={wrong ? "bad small" : "soft small"} role={wrong ? "alert" : undefined}>{says}</p>}
    </div>
  );
}

/** Where the hand goes when a form cannot be sent: the first field that says why, once it says so. */
export function firstWrong(form: HTMLFormElement): void {
  setTimeout(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}

/** Asked twice before something is gone for good. Whoever asked stands on the answer that changes nothing. */
export function Remove({ sure, onSure, onRemove, words }: { sure: boolean; onSure: (to: boolean) => void; onRemove: () => void; words: { remove: string; ask: string; yes: string; no: string } }) {
  const safe = useRef<HTMLButtonElement>(null);
  const before = useRef(sure);
  useEffect(() => {
    if (before.current !== sure) safe.current?.focus();
    before.current = sure;
  }, [sure]);
  if (!sure) return <button key="remove" ref={safe} type="button" class="quiet" onClick={() => onSure(true)}>{words.remove}</button>;
  return <><span class="small">{words.ask}</span><button key="yes" type="button" class="plain-button" onClick={onRemove}>{words.yes}</button><button key="no" ref={safe} type="button" class="quiet" onClick={() => onSure(false)}>{words.no}</button></>;
}
