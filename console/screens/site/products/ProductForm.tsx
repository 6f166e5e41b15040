// One product: what it is called, what it costs, where on the tree it stands, whether it is sold.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useAnswer } from "../../../live/ask";
import { codeOf, detailOf, http, list } from "../../../live/http";
import { digits, money, parseMoney } from "../../../text/format";
import { SEPARATOR } from "../../../text/names";
import { errorText, t } from "../../../text/text";
import type { Product, Site, Topic } from "../../../wire";
import { Field, firstWrong } from "../knowledge/Field";

export interface Draft { sku: string; name: string; price: string; path: string; active: boolean }
const MOST = 10 ** 10, PLACES = 2_000;

export const blank = (): Draft => ({ sku: "", name: "", price: "", path: "", active: true });
export const fromProduct = ({ sku, name, price, path, active }: Product): Draft => ({ sku, name, price: typed(price.amount, price.currency), path: path.join(SEPARATOR), active });
/** "12.50", as somebody would type it. */
function typed(amount: number, currency: string): string {
  const places = digits(currency);
  return (amount / 10 ** places).toFixed(places);
}
/** "Garden › Roses" or "Garden > Roses", from the root. */
export const pathOf = (text: string): string[] => text.split(/\s*[›>]\s*/).map((one) => one.trim()).filter(Boolean);

interface Shown { site: Site; id: string | null; begun: Draft; onChange: (to: Draft) => void; onClose: () => void; onSaved: (one: Product) => void }

export function ProductForm({ site, id, begun, onChange, onClose, onSaved }: Shown) {
  const [draft, setDraft] = useState(begun);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ code: string; text: string } | null>(null);
  const places = useId();
  const topics = useAnswer(site.id, () => list<Topic>("/api/topics", { site: site.id }, PLACES));
  const head = useRef<HTMLInputElement>(null);
  useEffect(() => head.current?.focus(), []);
  const set = (some: Partial<Draft>) => { const to = { ...draft, ...some }; setDraft(to); setRefused(null); onChange(to); };
  const price = parseMoney(draft.price, site.currency);
  const path = pathOf(draft.path);
  const wrong = { name: !draft.name.trim(), sku: id === null && !draft.sku.trim(), price: price === null || price > MOST, path: path.length > 20 };
  const taken = refused?.code === "exists";
  const save = async (form: HTMLFormElement) => {
    setTried(true);
    if (Object.values(wrong).some(Boolean)) return firstWrong(form);
    setBusy(true);
    try {
      const body = { name: draft.name.trim(), price, path, active: draft.active };
      onSaved(id === null ? await http<Product>("POST", "/api/products", { site: site.id, sku: draft.sku.trim(), ...body }) : await http<Product>("PATCH", `/api/products/${id}`, body));
    } catch (error) {
      setRefused({ code: codeOf(error), text: errorText(codeOf(error), detailOf(error)) });
      if (codeOf(error) === "exists") firstWrong(form);
      setBusy(false);
    }
  };
  return (
    <form class="stack article-form" noValidate onSubmit={(event) => { event.preventDefault(); void save(event.currentTarget); }}>
      <Field label={t("products.name")} wrong={tried && wrong.name ? t("products.name_wrong") : null}>
        {(at) => <input {...at} ref={head} type="text" maxLength={200} autocomplete="off" value={draft.name} onInput={(event) => set({ name: event.currentTarget.value })} />}
      </Field>
      <div class="form-row">
        <Field label={t("products.sku")} more={t(id === null ? "products.sku_more" : "products.sku_stays")} wrong={taken ? t("products.taken") : tried && wrong.sku ? t("products.sku_wrong") : null}>
          {(at) => <input {...at} type="text" maxLength={64} autocomplete="off" readOnly={id !== null} value={draft.sku} onInput={(event) => set({ sku: event.currentTarget.value })} />}
        </Field>
        <Field label={t("products.price", { currency: site.currency })} more={price !== null && price <= MOST ? t("products.price_read", { price: money({ amount: price, currency: site.currency }) }) : t("products.price_more")} wrong={tried && wrong.price ? t("products.price_wrong") : null}>
          {(at) => <input {...at} type="text" inputMode="decimal" autocomplete="off" value={draft.price} onInput={(event) => set({ price: event.currentTarget.value })} />}
        </Field>
      </div>
      <Field label={t("products.path")} more={t("products.path_more")} wrong={tried && wrong.path ? t("products.path_wrong") : null}>
        {(at) => <><input {...at} type="text" list={places} autocomplete="off" placeholder={t("products.path_like")} value={draft.path} onInput={(event) => set({ path: event.currentTarget.value })} />
          <datalist id={places}>{(topics.value ?? []).filter((one) => one.path.length > 0).map((one) => <option key={one.id} value={one.path.join(SEPARATOR)} />)}</datalist></>}
      </Field>
      <label class="check"><input type="checkbox" checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} /><span>{t("products.active")}</span></label>
      {refused && !taken && <p class="form-error" role="alert">{refused.text}</p>}
      <div class="rules-foot">
        <button type="button" class="quiet" onClick={onClose}>{t("member.cancel")}</button>
        <button type="submit" class="main-button" disabled={busy}>{t("articles.save")}</button>
      </div>
    </form>
  );
}
