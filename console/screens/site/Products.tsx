// The catalogue: found by the server, page by page, so that 20,000 products are as quick as 20. One form each.
import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { http } from "../../live/http";
import { say } from "../../live/notes";
import { forgetProducts } from "../../live/products";
import { Empty } from "../../parts/small";
import { money } from "../../text/format";
import { whereIs } from "../../text/names";
import { t } from "../../text/text";
import type { Page, Product, Site } from "../../wire";
import { blank, fromProduct, ProductForm, type Draft } from "./products/ProductForm";
import { keep, useKept } from "./triggers/kept";

const AT_ONCE = 50, SETTLE_MS = 200;
interface Open { id: string | null; draft: Draft }

export function Products({ site, changes }: { site: Site; changes: boolean }) {
  const [typed, setTyped] = useState("");
  const [words, setWords] = useState("");
  const [off, setOff] = useState(false);
  const [round, setRound] = useState(0);
  const [more, setMore] = useState<{ of: string; items: Product[]; next: string | null } | null>(null);
  const [fetching, setFetching] = useState(false);
  const name = `product.${site.id}`;
  const [open, setOpen] = useKept<Open>(name);
  const [home, setHome] = useState<string | null>(null);
  const begin = useRef<HTMLButtonElement>(null);
  const rows = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const key = `${site.id}/${words}/${off}/${round}`;
  const query = { site: site.id, q: words, active: off ? "" : "true", limit: AT_ONCE };
  const ask = (cursor: string | null) => http<Page<Product>>("GET", "/api/products", undefined, { ...query, cursor });
  const answer = useAnswer(key, () => ask(null));
  const further = more?.of === key ? more : null;
  const found = [...(answer.value?.items ?? []), ...(further?.items ?? [])];
  const next = further ? further.next : (answer.value?.next ?? null);
  const all = answer.value && found.length === 0 && !words && !typed;
  useEffect(() => {
    if (home !== null && !open) (home && rows.current?.querySelector<HTMLElement>(`[data-id="${home}"]`) || begin.current)?.focus();
  }, [home, open, answer.value]);
  const fetchMore = async () => {
    setFetching(true);
    try {
      const page = await ask(next);
      setMore({ of: key, items: [...(further?.items ?? []), ...page.items], next: page.next });
    } finally {
      setFetching(false);
    }
  };
  const close = () => { setHome(open?.id ?? ""); setOpen(null); };
  const done = (one: Product) => { say(t("products.saved", { name: one.name }), "good"); forgetProducts(site.id); setHome(one.id); setOpen(null); setRound(round + 1); };
  const form = open && <ProductForm key={open.id ?? "new"} site={site} id={open.id} begun={open.draft} onChange={(draft) => keep(name, { id: open.id, draft })} onClose={close} onSaved={done} />;
  return (
    <section class="stack knowledge" aria-labelledby="products-title" aria-busy={answer.busy}>
      <h2 id="products-title" class="unseen">{t("site.products")}</h2>
      <p class="soft">{t("products.more")}</p>
      <div class="list-head">
        {changes && open?.id !== null && <button type="button" class="plain-button" ref={begin} onClick={() => { setHome(null); setOpen({ id: null, draft: blank() }); }}>+ {t("products.new")}</button>}
        <input class="find" type="search" placeholder={t("products.find")} aria-label={t("products.find")} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
        <label class="check"><input type="checkbox" checked={off} onChange={(event) => setOff(event.currentTarget.checked)} /><span>{t("products.with_off")}</span></label>
      </div>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {open && !found.some((one) => one.id === open.id) && <div class="sheet">{form}</div>}
      {all && !open && <Empty title={t("products.none")}><p>{t(changes ? "products.none_next" : "products.none_look")}</p></Empty>}
      {answer.value && found.length === 0 && words && <p class="soft" role="status">{t("products.no_match")}</p>}
      {found.length > 0 && (
        <ul class="topic-list" ref={rows}>
          {found.map((one) => {
            const line = (
              <>
                <span class="row-top"><strong>{one.name}</strong>{!one.active && <span class="tag">{t("products.off")}</span>}<span class="row-time price">{money(one.price)}</span></span>
                <span class="row-bottom"><span class="row-text soft"><code>{one.sku}</code>{one.path.length > 0 && ` · ${whereIs(one.path)}`}</span></span>
              </>
            );
            return (
              <li key={one.id}>
                {changes ? (
                  <button type="button" class="row" data-id={one.id} aria-expanded={open?.id === one.id}
                    onClick={() => { if (open?.id === one.id) return close(); setHome(null); setOpen({ id: one.id, draft: fromProduct(one) }); }}>{line}</button>
                ) : <div class="row">{line}</div>}
                {open?.id === one.id && form}
              </li>
            );
          })}
        </ul>
      )}
      {next && <p><button type="button" class="plain-button" disabled={fetching} onClick={() => void fetchMore()}>{t("products.next")}</button></p>}
    </section>
  );
}
