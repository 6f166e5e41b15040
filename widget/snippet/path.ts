// Where a page stands in the information tree, best source first:
// the site's own word, breadcrumbs, the canonical address, the address.

import type { PathSource } from "../wire";
import { data } from "./tag";

export interface Placed {
  path: string[];
  source: PathSource;
}

/** A list of names, or names joined by ">" or "/". */
export type PathCall = string[] | string;

type Crumb = [name: unknown, url?: string];

/** White space folded, empty ones left out. The server cuts what is too long. */
export const names = (path: unknown[]) =>
  path.map((name) => `${name ?? ""}`.replace(/\s+/g, " ").trim()).filter((name) => name);

/** A path as the site wrote it: a list, "Women > Boots" or "Women/Boots". */
const written = (path: any) => path && names(path.split?.(/[>/]/) || path);

/** The names in an address. */
function address(url?: any): string[] | undefined {
  if (!url) return;
  let path = "";
  try {
    path = decodeURIComponent((path = new URL(url, location as any).pathname));
  } catch {
    // As it stands, then.
  }
  return names(path.split("/"));
}

/** The page itself is the last crumb and belongs to the path; the home page in front does not. */
function trail(crumbs: Crumb[]): string[] | undefined {
  if (!crumbs[0]) return;
  // No names in the address of the first: [] == "".
  if ((address(crumbs[0][1]) as any) == "") crumbs.shift();
  return names(crumbs.map((crumb) => crumb[0]));
}

function breadcrumb(): string[] | undefined {
  let crumbs: Crumb[] | undefined;
  for (const script of document.querySelectorAll("script[type*=ld]")) {
    try {
      // The reviver sees every object at any depth: arrays, @graph, WebPage.breadcrumb.
      JSON.parse(script.textContent!, (_, value) => {
        if (/BreadcrumbList/.test(value?.["@type"]))
          crumbs ||= value.itemListElement
            .sort((a: any, b: any) => a.position - b.position)
            .map(({ name, item }: any): Crumb => [name || item?.name, item?.["@id"] || item?.url || item]);
        return value;
      });
    } catch {
      // Not JSON, or not a list: the next source may know.
    }
  }
  return trail(crumbs || []);
}

function microdata(): string[] | undefined {
  return trail(
    [...document.querySelectorAll("[itemtype$=BreadcrumbList] [itemprop=itemListElement]")].map((element) => {
      const name = element.querySelector<HTMLMetaElement>("[itemprop=name]");
      return [name?.content || name?.textContent, element.querySelector<HTMLAnchorElement>("[href]")?.href];
    }),
  );
}

let last: string;
let where: string;

/** Where the page stands now. Best is what the site says itself: by call (`given`) or attribute.
 * A single-page application that moves on and leaves its old breadcrumbs standing is not believed. */
export function place(given?: PathCall): Placed {
  const sources: Partial<Record<PathSource, string[]>> = {
    call: written(given),
    attribute: written(data.path),
    breadcrumb: breadcrumb(),
    microdata: microdata(),
    canonical: address(document.querySelector<HTMLLinkElement>("[rel=canonical]")?.href),
    url: address(location),
  };
  let source = Object.keys(sources).find((one) => sources[one as PathSource]) as PathSource;
  if (last != (last = `${sources[source]}`)) where = location.pathname;
  if (!given && where != location.pathname) source = "url";
  return { path: sources[source]!, source };
}
