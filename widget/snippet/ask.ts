// One way to ask the server: a simple request, without cookies unless the site wants them, that never throws.

import { host, load } from "./bell";
import { KEY, keep, visitorKey } from "./storage";
import { base, site } from "./tag";

/** JSON whose strings are whole: half of a surrogate pair becomes U+FFFD. A browser too old for that sends it as it
 * is; the server then refuses that one event. */
export const wellFormed = (value: unknown) => JSON.stringify(value, (_, part) => part?.toWellFormed?.() ?? part);

/** Asks `where` below the bell server in the name of this visitor. A string body is text/plain: no preflight.
 * Answers [status, body, Retry-After]; without a status nobody answered, or nobody can (a page that goes away),
 * or nobody may be asked (a visitor who said no). */
export async function ask(
  where: string, what: any, more?: RequestInit, leaving?: unknown,
): Promise<[status?: any, answer?: any, after?: any]> {
  const url = base + where;
  const visitor = visitorKey();
  const body = wellFormed({ site, visitor, ...what });
  try {
    if (!visitor || (leaving && !("keepalive" in Request.prototype))) throw visitor && navigator.sendBeacon(url, body);
    const response = await fetch(url, { method: "POST", body, credentials: what.first_party ? "include" : "omit", ...more });
    const answer = response.status == 200 && (await response.json());
    // The server knows this browser, or the person who is here now, under another key.
    if (answer.visitor && visitor == visitorKey()) {
      keep(KEY, answer.visitor);
      if (host) load();
    }
    return [response.status, answer, response.headers.get("retry-after")];
  } catch {
    // No network, or the answer of somebody else.
    return [];
  }
}
