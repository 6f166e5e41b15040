// What can be shown beside words: information, an offer, an order form; or found to say, in the knowledge base. A line
// opens above the composer, no dialog. The target is a conversation or a visit: to a visit it is a quiet card on the page.
import { useRef, useState } from "preact/hooks";
import { desk } from "../../live/desk";
import { ask } from "../../live/line";
import { say } from "../../live/notes";
import { productsOf } from "../../live/products";
import { money, parseMoney, plainMoney } from "../../text/format";
import { t, type Key } from "../../text/text";
import type { Product } from "../../wire";
import { ProductPicker } from "./ProductPicker";
import { FindArticle } from "./write/FindArticle";

export type Target = { conversation: string } | { visit: string };
type Kind = "info" | "offer" | "form" | "article";
const KINDS: Kind[] = ["info", "offer", "form"];
const HOURS = [1, 24, 24 * 7];
/** So many pieces at an offered price, unless somebody says otherwise; and the most that an order can have. */
const USUAL_PIECES = 10, MOST_PIECES = 999;

/** What comes with the first product may lie below the fold of a low window or a phone. */
const intoView = (part: HTMLElement | null) => part?.scrollIntoView?.({ block: "nearest" });

/** `insert`: puts words where the caret of the composer is; without it there is nothing to quote into. */
export function CardBar({ target, visit, site, insert }: { target: Target; visit: string | null; site: string; insert?: (words: string) => void }) {
  const [open, setOpen] = useState<Kind | null>(null);
  /** Which opening of a form this is: an answer that comes late closes none that was opened since. */
  const opening = useRef(0);
  const show = (kind: Kind | null) => {
    opening.current++;
    setOpen(kind);
  };
  const bar = useRef<HTMLDivElement>(null);
  const seen = visit ? desk.value?.visits.get(visit) : undefined;
  const place = seen?.path ?? [];
  const now = opening.current;
  const done = (kind: Kind) => {
    if (opening.current === now) {
      // The form goes away with the button that was pressed: the focus returns to what had opened it.
      bar.current?.querySelector<HTMLElement>('[aria-expanded="true"]')?.focus();
      show(null);
    }
    // In a conversation the card stands in the log; on a page only this line tells.
    if ("visit" in target) say(t(`pushed.${kind}` as Key), "good");
  };
  return (
    <div class="cards">
      <div class="cards-bar" ref={bar} role="group" aria-label={t("cards.label")}>
        {[...KINDS, ...(insert ? ["article" as const] : [])].map((kind) => (
          <button key={kind} type="button" class="plain-button" aria-expanded={open === kind} onClick={() => show(open === kind ? null : kind)}>
            {t(`cards.${kind}` as Key)}
          </button>
        ))}
      </div>
      {open === "article" && insert && <FindArticle site={site} take={(words) => { show(null); insert(words); }} />}
      {open === "info" && <InfoForm target={target} done={() => done("info")} />}
      {open === "offer" && <OfferForm target={target} site={site} place={place} done={() => done("offer")} />}
      {open === "form" && <OrderForm target={target} site={site} place={place} done={() => done("form")} />}
    </div>
  );
}

function InfoForm({ target, done }: { target: Target; done: () => void }) {
  const [title, setTitle] = useState("");
  const [url, setUrl] = useState("");
  const [text, setText] = useState("");
  const ready = title.trim() !== "" && (url.trim() !== "" || text.trim() !== "");
  const push = async () => {
    const body = { ...target, title: title.trim(), ...(url.trim() ? { url: url.trim() } : {}), ...(text.trim() ? { text: text.trim() } : {}) };
    if (ready && (await ask("info.push", body))) done();
  };
  return (
    <div class="card-form" onKeyDown={onEnter(push)}>
      <label class="field"><span>{t("info.title")}</span><input value={title} maxLength={200} onInput={(event) => setTitle(event.currentTarget.value)} /></label>
      <label class="field"><span>{t("info.url")}</span><input type="url" inputMode="url" placeholder="https://" value={url} onInput={(event) => setUrl(event.currentTarget.value)} /></label>
      <label class="field is-wide"><span>{t("info.text")}</span><input value={text} maxLength={1000} onInput={(event) => setText(event.currentTarget.value)} /></label>
      <button type="button" class="main-button" disabled={!ready} onClick={() => void push()}>{t("info.push")}</button>
    </div>
  );
}

interface FormOf { target: Target; site: string; place: readonly string[]; done: () => void }

function OfferForm({ target, site, place, done }: FormOf) {
  const [chosen, setChosen] = useState<Product | null>(null);
  const [typed, setTyped] = useState("");
  const [hours, setHours] = useState(24);
  const [pieces, setPieces] = useState(String(USUAL_PIECES));
  const amount = chosen ? parseMoney(typed, chosen.price.currency) : null;
  const quantity = /^\d{1,3}$/.test(pieces.trim()) && Number(pieces) > 0 ? Number(pieces) : null;
  const push = async () => {
    if (!chosen || amount === null || quantity === null) return;
    const offer = { product: chosen.id, amount, quantity, minutes: hours * 60 };
    if (await ask("offer.push", { ...target, offer })) done();
  };
  return (
    <div class="card-form">
      <ProductPicker load={() => productsOf(site)} place={place} chosen={chosen ? [chosen.id] : []} onToggle={(product) => {
        setChosen(product);
        setTyped(plainMoney(product.price));
      }} />
      {chosen && (
        <div class="card-form-row" ref={intoView} onKeyDown={onEnter(push)}>
          <label class="field"><span>{t("offer.price", { usual: money(chosen.price) })}</span>
            <input inputMode="decimal" value={typed} aria-invalid={amount === null} onInput={(event) => setTyped(event.currentTarget.value)} /></label>
          <label class="field is-short"><span>{t("offer.pieces")}</span>
            <input type="number" inputMode="numeric" min={1} max={MOST_PIECES} value={pieces} aria-invalid={quantity === null} onInput={(event) => setPieces(event.currentTarget.value)} /></label>
          <label class="field"><span>{t("offer.until")}</span>
            <select value={String(hours)} onChange={(event) => setHours(Number(event.currentTarget.value))}>
              {HOURS.map((one) => <option key={one} value={String(one)}>{t(`offer.hours_${one}` as Key)}</option>)}
            </select></label>
          <button type="button" class="main-button" disabled={amount === null || quantity === null} onClick={() => void push()}>{t("offer.push")}</button>
        </div>
      )}
    </div>
  );
}

function OrderForm({ target, site, place, done }: FormOf) {
  const [chosen, setChosen] = useState<Product[]>([]);
  const push = async () => {
    if (chosen.length && (await ask("order_form.push", { ...target, products: chosen.map((one) => one.id) }))) done();
  };
  const toggle = (product: Product) =>
    setChosen(chosen.some((one) => one.id === product.id) ? chosen.filter((one) => one.id !== product.id) : [...chosen, product]);
  return (
    <div class="card-form">
      <ProductPicker many load={() => productsOf(site)} place={place} chosen={chosen.map((one) => one.id)} onToggle={toggle} />
      {chosen.length > 0 && (
        <>
          <ul class="lines picked">
            {chosen.map((one) => (
              <li key={one.id}>
                <span>{one.name}</span><span class="price">{money(one.price)}</span>
                <button type="button" class="quiet" aria-label={t("form.remove", { name: one.name })} onClick={() => toggle(one)}>×</button>
              </li>
            ))}
          </ul>
          <button type="button" class="main-button" ref={intoView} onClick={() => void push()}>{t("form.push")}</button>
        </>
      )}
    </div>
  );
}

const onEnter = (does: () => Promise<void>) => (event: KeyboardEvent) => {
  if (event.key === "Enter" && !(event.target as HTMLElement).matches("button, select")) {
    event.preventDefault();
    void does();
  }
};
