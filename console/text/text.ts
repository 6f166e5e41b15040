// Every word on the screen comes from here. The language is a signal: a change redraws without a reload.
import { computed, signal } from "@preact/signals";
import errorsEn from "../../contract/text/errors.en.json";
import errorsRu from "../../contract/text/errors.ru.json";
import treeEn from "../../contract/text/tree.en.json";
import treeRu from "../../contract/text/tree.ru.json";
import en from "./en.json";
import ru from "./ru.json";

export type Language = "en" | "ru";
export const LANGUAGES: { id: Language; name: string }[] = [
  { id: "en", name: "English" },
  { id: "ru", name: "Русский" },
];
export type Key = Extract<keyof typeof en, string>;
type Values = Record<string, string | number>;

const CATALOGUES: Record<Language, Record<string, string>> = { en, ru };
const ERRORS: Record<Language, Record<string, string>> = { en: errorsEn, ru: errorsRu };
const REMEMBERED = "shopbell.language";

export const language = signal<Language>("en");
const rules = computed(() => new Intl.PluralRules(language.value));

export function pickLanguage(remembered: string | null, wanted: readonly string[]): Language {
  for (const tag of [remembered, ...wanted]) {
    const short = tag?.slice(0, 2).toLowerCase();
    if (short === "en" || short === "ru") return short;
  }
  return "en";
}

export function startLanguage(): void {
  language.value = pickLanguage(stored(), navigator.languages ?? [navigator.language]);
  document.documentElement.lang = language.value;
}
export function setLanguage(to: Language): void {
  language.value = to;
  document.documentElement.lang = to;
  try {
    localStorage.setItem(REMEMBERED, to);
  } catch {
    // Storage is closed: the choice holds until the page is left.
  }
}
function stored(): string | null {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

/** The sentence under `key`, with `{name}` replaced. */
export function t(key: Key, values: Values = {}): string {
  return fill(CATALOGUES[language.value][key] ?? key, values);
}
/** The same in a language that need not be the reader's: what a visitor sees. */
export const saidIn = (tongue: Language, key: Key): string => CATALOGUES[tongue][key] ?? key;
/** Does the catalogue have this sentence? For keys that are built from the server's words. */
export const knows = (key: string): key is Key => key in en;
/** The sentence for a number: `key.one`, `key.few`, `key.many`, `key.other`; `{n}` is the number as people write it. */
export function tn(key: string, n: number, values: Values = {}): string {
  const all = CATALOGUES[language.value];
  const sentence = all[`${key}.${rules.value.select(n)}`] ?? all[`${key}.other`] ?? key;
  return fill(sentence, { n: new Intl.NumberFormat(language.value).format(n), ...values });
}
/** A word of the server's closed lists, or itself where the catalogue does not know it yet. */
export function word(group: string, value: string | null | undefined): string {
  return value ? (CATALOGUES[language.value][`${group}.${value}`] ?? value) : "";
}
/** The sentence of an error code in the person's language; else what the server said. */
export function errorText(code: string | undefined, detail?: string): string {
  const all = CATALOGUES[language.value];
  return (code && (ERRORS[language.value][code] ?? all[`error.${code}`])) || detail || all["error.unknown"]!;
}

const TREE: Record<Language, { reasons: Record<string, string> }> = { en: treeEn, ru: treeRu };
/** Why a page stands where it stands, in the server's own sentence. */
export const treeReason = (reason: string): string => TREE[language.value].reasons[reason] ?? reason;

function fill(sentence: string, values: Values): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
