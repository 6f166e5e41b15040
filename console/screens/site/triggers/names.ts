// What the ids in rules are called.
import { useEffect, useState } from "preact/hooks";
import { productsOf } from "../../../live/products";
import type { Product, Segment, Site, Trigger } from "../../../wire";
import type { Names } from "./sentence";

/** The catalogue is asked only where a rule shows a product. */
export function useNames(site: Site, rules: readonly Pick<Trigger, "content">[], segments: readonly Segment[]): Names {
  const [products, setProducts] = useState<readonly Product[]>([]);
  const shows = rules.some((one) => one.content.products?.length);
  useEffect(() => { if (shows) productsOf(site.id).then(setProducts, () => undefined); }, [shows]);
  return { segments: new Map(segments.map(({ id, name }) => [id, name])), products: new Map(products.map(({ id, name }) => [id, name])), currency: site.currency };
}
