// Where a page stands in the information tree, best source first:
// the site's own word, breadcrumbs, the canonical address, the address.

import type { PathSource } from "../wire";

export interface Placed {
  path: string[];
  source: PathSource;
}

/** A list of names, or names joined by ">" or "/". */
export type PathCall = string[] | string;

type Crumb = [name: unknown, url?: string | null];

/** At most 20 names of at most 200 characters, white space folded, empty ones left out. */
export const names = (path: unknown[]) =>
  path
    .map((name) => `${name ?? ""}`.replace(/\s+/g, " ").trim().slice(0, 200))
    .filter(Boolean)
    .slice(0, 20);

/** A path as the site wrote it: a list, "Women > Boots" or "Women/Boots". */
const written = (path: any) => path && names(path.split?.(/[>/]/) || path);

/** The names in an address. */
function address(url: string): string[] {
  let path = "";
  try {
    path = new URL(url, location.href).pathname;
    path = decodeURIComponent(path);
  } catch {
    // As it stands, then.
  }
  return names(path.split("/"));
}

/** The page itself is the last crumb and belongs to the path; the home page in front does not. */
function trail(crumbs: Crumb[]): string[] | undefined {
  if (!crumbs[0]) return;
  const first = crumbs[0][1];
  if (first && !address(first)[0]) crumbs.shift();
  return names(crumbs.map((crumb) => crumb[0]));
}

function breadcrumb(): string[] | undefined {
  let list: any;
  for (const script of document.querySelectorAll("script[type*=ld]")) {
    try {
      // The reviver sees every object at any depth: arrays, @graph, WebPage.breadcrumb.
      JSON.parse(script.textContent!, (_, value) => {
        if (/BreadcrumbList/.test(value?.["@type"])) list ||= value;
        return value;
      });
      if (list)
        return trail(
          list.itemListElement
            .sort((a: any, b: any) => a.position - b.position)
            .map(({ name, item }: any): Crumb => [name || item?.name, item?.["@id"] || item?.url || item]),
        );
    } catch {
      // Not JSON, or not a list: the next source may know.
    }
  }
}

function microdata(): string[] | undefined {
  return trail(
    [...document.querySelectorAll("[itemtype$=BreadcrumbList] [itemprop=itemListElement]")].map((element) => {
      const name = element.querySelector<HTMLMetaElement>("[itemprop=name]");
      return [name?.content || name?.textContent, element.querySelector<HTMLAnchorElement>("a,link")?.href];
    }),
  );
}

let last: string;
let where: string;

/** Where the page stands now. Best is what the site says itself: by call (`given`) or `attribute`.
 * A single-page application that moves on and leaves its old breadcrumbs standing is not believed. */
export function place(given?: PathCall, attribute?: string): Placed {
  const canonical = document.querySelector<HTMLLinkElement>("[rel=canonical]");
  const sources: [PathSource, string[] | null | undefined][] = [
    ["call", written(given)],
    ["attribute", written(attribute)],
    ["breadcrumb", breadcrumb()],
    ["microdata", microdata()],
    ["canonical", canonical && address(canonical.href)],
  ];
  const [source, path] = sources.find((found) => found[1]) || [];
  if (last != (last = `${path}`)) where = location.pathname;
  return path && (given || where == location.pathname)
    ? { path, source: source! }
    : { path: address(location.href), source: "url" };
}
