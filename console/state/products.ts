// Which products to put in front of the expert. Pure.
import type { Product } from "../wire";

/** Active products that hold every word, those sharing the most of `place` first, then by name; at most `most`. */
export function findProducts(all: readonly Product[], find: string, place: readonly string[], most: number): Product[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const near = (product: Product): number => {
    const path = product.path ?? [];
    let shared = 0;
    while (shared < place.length && path[shared] === place[shared]) shared++;
    return shared + (place.at(-1) === product.name ? 1 : 0);
  };
  return all
    .filter((product) => product.active !== false)
    .filter((product) => {
      const text = `${product.name} ${product.sku ?? ""} ${product.path?.join(" ") ?? ""}`.toLowerCase();
      return words.every((part) => text.includes(part));
    })
    .map((product) => ({ product, near: near(product) }))
    .sort((a, b) => b.near - a.near || a.product.name.localeCompare(b.product.name))
    .slice(0, most)
    .map((one) => one.product);
}
