// The site itself: its name, where its pages live, its language, clock and money. The same form makes one and changes it.
import { useEffect, useId, useState } from "preact/hooks";
import { codeOf, detailOf, http } from "../../live/http";
import { fromSite, keyOf, originsOf, toPatch, toWrite, wrong, type Draft, type Field as Name } from "../../state/site";
import { errorText, t, word } from "../../text/text";
import type { Site } from "../../wire";
import { Field, firstWrong } from "./knowledge/Field";
import { Tongue } from "./knowledge/tongues";

const ZONES: readonly string[] = ["UTC", ...(Intl.supportedValuesOf?.("timeZone") ?? [])];
const CURRENCIES: readonly string[] = Intl.supportedValuesOf?.("currency") ?? ["EUR", "RUB", "USD"];

interface Shown { site: Site | null; draft: Draft; changes?: boolean; onChange: (to: Draft) => void; onSaved: (now: Site) => void; onClose?: () => void; save?: string }

/** `site`: null for a new one. */
export function SiteForm({ site, draft, changes = true, onChange, onSaved, onClose, save }: Shown) {
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ code: string; text: string } | null>(null);
  const zones = useId();
  const bad = wrong(draft);
  const lines = originsOf(draft.origins);
  const changed = site === null || JSON.stringify(toPatch(draft)) !== JSON.stringify(toPatch(fromSite(site)));
  const set = (some: Partial<Draft>) => { setRefused(null); onChange({ ...draft, ...some }); };
  const says = (field: Name) => (tried && bad.has(field) ? (field === "origins" && lines.bad.length > 0 ? t("siteform.no_address", { address: lines.bad[0]! }) : word("siteform.wrong", field)) : null);
  useEffect(() => setTried(false), [site?.id]);
  const send = async (form: HTMLFormElement) => {
    setTried(true);
    if (bad.size > 0) return firstWrong(form);
    setBusy(true);
    try {
      const now = site === null ? await http<Site>("POST", "/api/sites", toWrite(draft)) : await http<Site>("PATCH", `/api/sites/${site.id}`, toPatch(draft));
      setTried(false);
      onSaved(now);
    } catch (error) {
      setRefused({ code: codeOf(error), text: errorText(codeOf(error), detailOf(error)) });
      if (codeOf(error) === "exists") firstWrong(form);
    }
    setBusy(false);
  };
  const taken = refused?.code === "exists";
  return (
    <form class="sheet stack site-form" noValidate onSubmit={(event) => { event.preventDefault(); void send(event.currentTarget); }}>
      <fieldset class="stack" disabled={!changes}>
        <Field label={t("siteform.name")} more={t("siteform.name_more")} wrong={says("name")}>
          {(at) => <input {...at} type="text" maxLength={200} autocomplete="off" value={draft.name} onInput={(event) => set({ name: event.currentTarget.value })} />}
        </Field>
        {site === null && (
          <Field label={t("siteform.key")} more={t("siteform.key_more")} wrong={taken ? t("siteform.taken") : says("key")}>
            {(at) => <input {...at} type="text" maxLength={63} autocomplete="off" autocapitalize="none" spellcheck={false} value={keyOf(draft)} onInput={(event) => set({ key: event.currentTarget.value.toLowerCase() })} />}
          </Field>
        )}
        <Field label={t("siteform.origins")} more={lines.good.length > 0 && lines.bad.length === 0 ? t("siteform.origins_read", { origins: lines.good.join(", ") }) : t("siteform.origins_more")} wrong={says("origins")}>
          {(at) => <textarea {...at} rows={Math.min(8, Math.max(2, draft.origins.split("\n").length))} autocapitalize="none" spellcheck={false} placeholder="https://shop.example" value={draft.origins} onInput={(event) => set({ origins: event.currentTarget.value })} />}
        </Field>
        <div class="form-row">
          <Field label={t("siteform.language")} more={t("siteform.language_more")}>{(at) => <Tongue id={at.id} value={draft.language} onChange={(language) => set({ language })} />}</Field>
          <Field label={t("siteform.zone")} more={t("siteform.zone_more")} wrong={says("zone")}>
            {(at) => <><input {...at} type="text" list={zones} autocomplete="off" value={draft.zone} onInput={(event) => set({ zone: event.currentTarget.value.trim() })} /><datalist id={zones}>{ZONES.map((one) => <option key={one} value={one} />)}</datalist></>}
          </Field>
          <Field label={t("siteform.currency")} more={t(site === null ? "siteform.currency_more" : "siteform.currency_stays")} wrong={says("currency")}>
            {(at) => (site === null
              ? <select {...at} value={draft.currency} onChange={(event) => set({ currency: event.currentTarget.value })}>{[...new Set([draft.currency, ...CURRENCIES])].sort().map((one) => <option key={one} value={one}>{one}</option>)}</select>
              : <input {...at} type="text" readOnly value={draft.currency} />)}
          </Field>
        </div>
        {site !== null && <p class="soft small">{t("siteform.key_is")} <code>{site.key}</code></p>}
      </fieldset>
      {refused && !taken && <p class="form-error" role="alert">{refused.text}</p>}
      {changes && (
        <div class="rules-foot">
          {site !== null && changed && <p class="soft small" role="status">{t("ladder.changed")}</p>}
          {onClose && <button type="button" class="quiet" onClick={onClose}>{t("member.cancel")}</button>}
          <button type="submit" class="main-button" disabled={busy || !changed}>{save ?? t("siteform.save")}</button>
        </div>
      )}
    </form>
  );
}
