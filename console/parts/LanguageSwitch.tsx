import { LANGUAGES, language, setLanguage, t } from "../text/text";

export function LanguageSwitch() {
  return (
    <div class="segments" role="group" aria-label={t("language")}>
      {LANGUAGES.map(({ id, name }) => (
        <button key={id} type="button" lang={id} aria-pressed={language.value === id} onClick={() => setLanguage(id)}>{name}</button>
      ))}
    </div>
  );
}
