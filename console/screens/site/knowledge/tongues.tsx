// Which language something is written in: those that sites of the house are likely to speak, and the one it has.
import { languageName } from "../../../text/names";
import { language } from "../../../text/text";

const USUAL = ["en", "ru", "de", "es", "fr", "it", "nl", "pl", "pt", "tr", "uk", "zh"];

export function Tongue({ value, onChange, ...at }: { value: string; onChange: (to: string) => void; id: string }) {
  const all = [...new Set([...USUAL, value])].map((tag) => ({ tag, name: languageName(tag) })).sort((a, b) => a.name.localeCompare(b.name, language.value));
  return (
    <select {...at} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {all.map(({ tag, name }) => <option key={tag} value={tag}>{name}</option>)}
    </select>
  );
}
/** "en" for a site that says "en-GB". */
export const tongueOf = (tag: string): string => tag.split("-")[0]!.toLowerCase() || "en";
