// Finds products: first those that stand near the page the visitor reads, then by name.
import { useEffect, useState } from "preact/hooks";
import { codeOf, detailOf } from "../../live/http";
import { findProducts } from "../../state/products";
import { money } from "../../text/format";
import { whereIs } from "../../text/names";
import { errorText, t } from "../../text/text";
import type { Product } from "../../wire";

interface Picker {
  load: () => Promise<Product[]>; place: readonly string[]; chosen: readonly string[]; many?: boolean; onToggle: (product: Product) => void;
}
const SHOWN = 30;

export function ProductPicker({ load, place, chosen, many = false, onToggle }: Picker) {
  const [all, setAll] = useState<Product[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [find, setFind] = useState("");
  useEffect(() => {
    load().then(setAll, (error: unknown) => setProblem(errorText(codeOf(error), detailOf(error))));
  }, []);
  if (problem) return <p class="form-error" role="alert">{problem}</p>;
  if (!all) return <p class="soft">{t("app.loading")}</p>;
  if (all.length === 0) return <p class="soft">{t("products.none")}</p>;
  const found = findProducts(all, find, place, SHOWN);
  return (
    <div class="picker">
      <input class="find" type="search" placeholder={t("products.find")} aria-label={t("products.find")} value={find}
        onInput={(event) => setFind(event.currentTarget.value)} />
      <ul class="picker-list" aria-label={t("products.label")}>
        {found.map((product) => (
          <li key={product.id}>
            <label class="pick">
              <input type={many ? "checkbox" : "radio"} name={many ? undefined : "product"} checked={chosen.includes(product.id)}
                onChange={() => onToggle(product)} />
              <span class="pick-name">{product.name}<span class="soft small">{product.path && whereIs(product.path)}</span></span>
              <span class="price">{money(product.price)}</span>
            </label>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="soft">{t("products.no_match")}</p>}
    </div>
  );
}
