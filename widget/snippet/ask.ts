// One way to ask the server: a simple request, without cookies, that never throws.

import { visitorKey } from "./ids";
import { base, site } from "./tag";

/** JSON whose strings are whole: half of a surrogate pair becomes U+FFFD. */
export const wellFormed = (value: unknown) =>
  JSON.stringify(value).replace(/\\(ud[89a-f]..|.)/g, (whole, what) => (what[1] ? "\ufffd" : whole));

/** Asks `where` below the bell server in the name of this visitor. A string body is text/plain: no preflight.
 * Answers [status, body, Retry-After]; without a status nobody answered, or nobody can (a page that goes away). */
export async function ask(
  where: string, what: object, more: RequestInit, leaving?: unknown,
): Promise<[status?: any, answer?: any, after?: any]> {
  const url = base + where;
  const body = wellFormed({ site, visitor: visitorKey(), ...what });
  try {
    if (leaving && !("keepalive" in Request.prototype)) throw navigator.sendBeacon(url, body);
    const response = await fetch(url, { method: "POST", body, credentials: "omit", ...more });
    const { status, headers } = response;
    return [status, status == 200 && (await response.json()), headers.get("retry-after")];
  } catch {
    // No network, or the answer of somebody else.
    return [];
  }
}
