// "then [ring the right expert]": what is done, and what is said or shown with it.
import { productsOf } from "../../../live/products";
import { t, word } from "../../../text/text";
import type { Finding } from "../../../wire";
import { ProductPicker } from "../../desk/ProductPicker";
import { Amount, Choice, Num, Phrase, Unfold } from "./Controls";
import { about, type ActionName, type Content, type Draft } from "./draft";
import { Findings } from "./Findings";
import { quoted, type Names } from "./sentence";

const ACTIONS: readonly ActionName[] = ["alert", "invite", "information", "offer", "order_form", "nothing"];
interface Shown { draft: Draft; site: string; names: Names; findings: readonly Finding[]; onChange: (some: Partial<Draft>) => void }

export function Action({ draft, site, names, findings, onChange }: Shown) {
  const { action, content } = draft;
  const set = (some: Partial<Content>) => onChange({ content: { ...content, ...some } });
  const text = (
    <label class="field"><span>{t(action === "invite" ? "say.invite" : "say.text")}</span>
      <textarea rows={2} maxLength={2000} value={content.text} onInput={(event) => set({ text: event.currentTarget.value })} /></label>
  );
  return (
    <div class="rule-part">
      <p class="rule-line">
        <Phrase text={t("edit.then")} holes={{ action: <Choice label={t("label.action")} value={action} options={ACTIONS.map((one) => [one, word("rule.then", one)] as const)} onChange={(to) => onChange({ action: to })} /> }} />
      </p>
      {action === "invite" && text}
      {action === "information" && (
        <>
          <label class="field"><span>{t("say.title")}</span><input maxLength={200} value={content.title} onInput={(event) => set({ title: event.currentTarget.value })} /></label>
          <label class="field"><span>{t("say.url")}</span><input type="url" maxLength={2048} value={content.url} onInput={(event) => set({ url: event.currentTarget.value })} /></label>
          {text}
        </>
      )}
      {(action === "offer" || action === "order_form") && <Products key={action} many={action === "order_form"} site={site} names={names} chosen={content.products} onChange={(products) => set({ products })} />}
      {action === "offer" && (
        <>
          <p class="rule-line"><Phrase text={t("edit.offer")} holes={{ price: <Price amount={content.price} currency={names.currency} onChange={(price) => set({ price })} />, hours: <Num label={t("label.hours")} value={content.hours} low={1} high={720} onChange={(hours) => set({ hours })} /> }} /></p>
          {text}
        </>
      )}
      <Findings items={[...about(findings, "action"), ...about(findings, "content", true)]} />
    </div>
  );
}

function Products({ many, site, names, chosen, onChange }: { many: boolean; site: string; names: Names; chosen: readonly string[]; onChange: (ids: string[]) => void }) {
  const shown = chosen.map((id) => quoted(names.products.get(id) ?? id)).join(", ") || t(many ? "edit.choose_products" : "edit.choose_product");
  return (
    <div class="rule-line">
      <Unfold label={t("label.products")} shown={shown}>
        <ProductPicker load={() => productsOf(site)} place={[]} chosen={chosen} many={many}
          onToggle={({ id }) => onChange(!many ? [id] : chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])} />
      </Unfold>
    </div>
  );
}
/** Nothing is the catalogue's price. */
function Price({ amount, currency, onChange }: { amount: number | null; currency: string; onChange: (amount: number | null) => void }) {
  return (
    <>
      <Choice label={t("label.price")} value={amount === null ? "usual" : "own"} options={[["usual", t("edit.usual_price")], ["own", t("edit.own_price")]]} onChange={(to) => onChange(to === "usual" ? null : 0)} />
      {amount !== null && <> <Amount label={t("label.own_price")} value={amount} currency={currency} onChange={onChange} /></>}
    </>
  );
}
