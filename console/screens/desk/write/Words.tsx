// A text field that grows with its words up to a third of the screen. Enter sends, Shift+Enter breaks the line.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Browsers that let a field grow by itself measure nothing for a letter. */
const GROWS = globalThis.CSS?.supports?.("field-sizing", "content") ?? false;

export interface WordsProps {
  id: string; label: string; placeholder?: string; value: string; onText: (text: string) => void; onSend?: () => void;
  /** May take a key before it is written or sent: true if it did. */
  onKey?: (event: KeyboardEvent) => boolean;
  onFiles?: (files: File[]) => void;
  field?: RefObject<HTMLTextAreaElement | null>;
  /** The list that completes what is written, and its chosen line. */
  list?: { id: string; active: string } | null;
}

export function Words({ id, label, placeholder, value, onText, onSend, onKey, onFiles, field, list }: WordsProps) {
  const own = useRef<HTMLTextAreaElement>(null);
  const ref = field ?? own;
  useLayoutEffect(() => {
    const box = ref.current;
    if (!box || GROWS) return;
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, innerHeight / 3)}px`;
  }, [value]);
  return (
    <textarea id={id} ref={ref} rows={1} class="words-field" aria-label={label} placeholder={placeholder} value={value}
      aria-autocomplete={list ? "list" : undefined} aria-controls={list?.id} aria-activedescendant={list?.active}
      onInput={(event) => onText(event.currentTarget.value)}
      onPaste={(event) => {
        const files = [...(event.clipboardData?.files ?? [])];
        if (!onFiles || files.length === 0) return;
        event.preventDefault();
        onFiles(files);
      }}
      onKeyDown={(event) => {
        if (event.isComposing) return;
        if (onKey?.(event)) return event.preventDefault();
        if (event.key === "Enter" && !event.shiftKey && onSend) { event.preventDefault(); onSend(); }
      }} />
  );
}
