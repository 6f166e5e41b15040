// The languages somebody speaks: each by its name, one more from a short list.
import { languageName } from "../../text/names";
import { t } from "../../text/text";

const KNOWN = ["ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hi", "hu", "hy", "it", "ja", "ka", "kk", "ko", "lt", "lv", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk", "uz", "vi", "zh"];

export function Languages({ value, onChange }: { value: readonly string[]; onChange: (to: string[]) => void }) {
  const others = KNOWN.filter((one) => !value.includes(one)).map((one) => [one, languageName(one)] as const).sort((a, b) => a[1].localeCompare(b[1]));
  return (
    <div class="reasons" role="group" aria-label={t("member.languages")}>
      {value.map((one) => (
        <button key={one} type="button" class="chip" aria-label={t("member.remove", { name: languageName(one) })} onClick={() => onChange(value.filter((each) => each !== one))}>{languageName(one)} ×</button>
      ))}
      <select class="add-one" value="" aria-label={t("member.add_language")} onChange={(event) => { if (event.currentTarget.value) onChange([...value, event.currentTarget.value]); event.currentTarget.value = ""; }}>
        <option value="">+ {t("member.add_language")}</option>
        {others.map(([one, name]) => <option key={one} value={one}>{name}</option>)}
      </select>
    </div>
  );
}
