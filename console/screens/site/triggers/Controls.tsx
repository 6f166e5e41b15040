// The underlined parts of a sentence: a number, a choice, some words; each stands in the line where its word would stand.
import { Fragment, type ComponentChildren, type VNode } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { number, parseMoney, digits } from "../../../text/format";
import { t } from "../../../text/text";

/** A sentence of the catalogue with controls in its holes. */
export function Phrase({ text, holes }: { text: string; holes: Record<string, ComponentChildren> }) {
  const parts = text.split(/\{(\w+)\}/);
  return <>{parts.map((part, at) => <Fragment key={at}>{at % 2 ? (holes[part] ?? null) : part}</Fragment>)}</>;
}

interface Written<T> { label: string; value: T; wide?: boolean; placeholder?: string; onChange: (value: T) => void }
interface Field<T> extends Written<T> { write: (value: T) => string; read: (text: string) => T | null; keyboard?: "numeric" | "decimal"; wrong: string }

/** What is typed is taken as soon as it makes sense; what does not is said, and goes back to the last sense on leaving. */
function Typed<T>({ label, value, write, read, keyboard, wrong, wide, placeholder, onChange }: Field<T>) {
  const [typed, setTyped] = useState<string | null>(null);
  const id = useId();
  const bad = typed !== null && read(typed) === null;
  const type = (text: string) => {
    setTyped(text);
    const meant = read(text);
    if (meant !== null) onChange(meant);
  };
  const shown = typed ?? write(value);
  return (
    <>
      <input class={`in-line${wide ? " is-wide" : ""}`} type="text" inputMode={keyboard} autocomplete="off" aria-label={label} size={Math.max(wide ? 12 : 2, shown.length || (placeholder?.length ?? 0))}
        value={shown} placeholder={placeholder} aria-invalid={bad} aria-describedby={bad ? id : undefined} onInput={(event) => type(event.currentTarget.value)} onBlur={() => setTyped(null)} />
      {bad && <span id={id} class="bad small" role="alert"> {wrong}</span>}
    </>
  );
}
export function Num({ low = 0, high = 1_000_000, ...rest }: Written<number> & { low?: number; high?: number }) {
  const read = (text: string) => (/^\d{1,12}$/.test(text.trim()) && Number(text) >= low && Number(text) <= high ? Number(text) : null);
  return <Typed {...rest} keyboard="numeric" write={String} read={read} wrong={t("edit.number", { from: number(low), to: number(high) })} />;
}
/** Minor units as money. */
export function Amount({ currency, ...rest }: Written<number> & { currency: string }) {
  const write = (amount: number) => (amount / 10 ** digits(currency)).toFixed(digits(currency));
  return <><Typed {...rest} keyboard="decimal" write={write} read={(text) => parseMoney(text, currency)} wrong={t("edit.amount")} /> {currency}</>;
}
export function Text({ label, value, wide = true, placeholder, onChange }: Written<string>) {
  return <Typed label={label} value={value} wide={wide} placeholder={placeholder} write={(text) => text} read={(text) => text} wrong="" onChange={onChange} />;
}
/** Several words with commas between them. `read` turns a word into what it stands for, null if nobody knows it. */
export function Words({ read = (word) => word, write = (word) => word, ...rest }: Written<string[]> & { read?: (word: string) => string | null; write?: (word: string) => string }) {
  const split = (text: string) => {
    const words = text.split(",").map((word) => word.trim()).filter(Boolean).map(read);
    return words.includes(null) ? null : [...new Set(words as string[])];
  };
  return <Typed {...rest} wide write={(words) => words.map(write).join(", ")} read={split} wrong={t("edit.unknown_word")} />;
}
export function Time({ label, value, onChange }: Written<string>) {
  return <input class="in-line is-time" type="time" required aria-label={label} value={value} onChange={(event) => event.currentTarget.value && onChange(event.currentTarget.value)} />;
}

export function Choice<T extends string>({ label, value, options, onChange }: { label: string; value: T; options: readonly (readonly [T, string])[]; onChange: (value: T) => void }) {
  return (
    <select class="in-line" aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
      {options.map(([one, name]) => <option key={one} value={one}>{name}</option>)}
    </select>
  );
}
/** Any number of a few. */
export function Toggles<T extends string | number>({ label, value, options, onChange }: { label: string; value: readonly T[]; options: readonly (readonly [T, string])[]; onChange: (value: T[]) => void }) {
  const toggle = (one: T) => onChange(options.map(([each]) => each).filter((each) => (each === one ? !value.includes(one) : value.includes(each))));
  return (
    <span class="toggles" role="group" aria-label={label}>
      {options.map(([one, name]) => <button key={one} type="button" class="chip" aria-pressed={value.includes(one)} onClick={() => toggle(one)}>{name}</button>)}
    </span>
  );
}

type Bounds = { at_least?: number | null; at_most?: number | null };
type How = "least" | "most" | "exactly" | "both";
/** "at least 3", "3 to 5": one bound, the same twice, or two. */
export function Between({ label, value, currency, onChange }: { label: string; value: Bounds; currency?: string; onChange: (value: { at_least: number | null; at_most: number | null }) => void }) {
  const low = value.at_least ?? null, high = value.at_most ?? null;
  const [both, setBoth] = useState(low !== null && high !== null && low !== high);
  const how: How = low === null ? "most" : high === null ? "least" : both ? "both" : low === high ? "exactly" : "both";
  const some = low ?? high ?? 1;
  const turn = (to: How) => {
    setBoth(to === "both");
    onChange({ at_least: to === "most" ? null : some, at_most: to === "least" ? null : to === "both" ? Math.max(some + 1, high ?? 0) : some });
  };
  const field = (name: string, n: number, onNumber: (n: number) => void): VNode =>
    currency ? <Amount label={name} value={n} currency={currency} onChange={onNumber} /> : <Num label={name} value={n} onChange={onNumber} />;
  return (
    <>
      <Choice<How> label={t("edit.bounds_of", { what: label })} value={how} onChange={turn}
        options={[["least", t("edit.least")], ["most", t("edit.most")], ["exactly", t("edit.exactly")], ["both", t("edit.from")]]} />{" "}
      {how === "both" ? (
        <>
          {field(t("edit.from_of", { what: label }), low ?? 0, (n) => onChange({ at_least: n, at_most: high }))} {t("edit.to")}{" "}
          {field(t("edit.to_of", { what: label }), high ?? 0, (n) => onChange({ at_least: low, at_most: n }))}
        </>
      ) : field(label, some, (n) => onChange({ at_least: how === "most" ? null : n, at_most: how === "least" ? null : n }))}
    </>
  );
}

/** A part of the sentence that opens below it: what stands in the line says what is chosen. Escape folds it. */
export function Unfold({ label, shown, children }: { label: string; shown: string; children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const [button, panel] = [useRef<HTMLButtonElement>(null), useRef<HTMLDivElement>(null)];
  const id = useId();
  useEffect(() => { if (open) panel.current?.querySelector<HTMLElement>("input")?.focus(); }, [open]);
  const fold = () => { setOpen(false); button.current?.focus(); };
  return (
    <>
      <button type="button" ref={button} class="in-line" aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}><span class="unseen">{label}: </span>{shown}</button>
      {open && (
        <div class="unfolded sheet" id={id} ref={panel} onKeyDown={(event) => { if (event.key === "Escape") { event.stopPropagation(); fold(); } }}>
          {children}
          <p><button type="button" class="quiet" onClick={fold}>{t("edit.done")}</button></p>
        </div>
      )}
    </>
  );
}
