// One way to ask the server: a simple request, without cookies, that never throws.

import { visitorKey } from "./ids";
import { base, site } from "./tag";

/** JSON whose strings are whole: half of a surrogate pair becomes U+FFFD. */
export const wellFormed = (value: unknown) =>
  JSON.stringify(value).replace(/\\(ud[89a-f]..|.)/g, (whole, what) => (what[1] ? "\ufffd" : whole));

/** Asks `where` below the bell server in the name of this visitor. A string body is text/plain: no preflight.
 * Answers [status, body, Retry-After]; status 0: nobody answered, or nobody can (a page that goes away). */
export async function ask(
  where: string, what: object, more: RequestInit, leaving?: unknown,
): Promise<[status: any, answer?: any, after?: any]> {
  const url = base + where;
  const body = wellFormed({ site, visitor: visitorKey(), ...what });
  let status = 0;
  let after;
  let answer;
  try {
    if (leaving && !("keepalive" in Request.prototype)) throw navigator.sendBeacon(url, body);
    const response = await fetch(url, { method: "POST", body, credentials: "omit", ...more });
    status = response.status;
    after = response.headers.get("retry-after");
    answer = await response.json();
  } catch {
    // No network, or nothing to read: the status says which.
  }
  return [status, answer, after];
}
