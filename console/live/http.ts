// The one way to the server's REST side: cookie, own header, problems as one kind of exception.
import { language } from "../text/text";
import type { Page } from "../wire";

/** A refusal with the server's code; `offline` when no answer came at all. */
export class Problem extends Error {
  constructor(readonly code: string, readonly status: number, readonly detail: string, readonly body: unknown = null) {
    super(detail || code);
  }
}
export const codeOf = (error: unknown): string => (error instanceof Problem ? error.code : "unknown");
export const detailOf = (error: unknown): string | undefined => (error instanceof Problem ? error.detail : undefined);

/** Server time minus our time, in ms; the countdowns are the server's. Only differences above 2 s count. */
let skew = 0;
export const serverNow = (): number => Date.now() + skew;

/** Called when the server no longer knows us. */
let onSignedOut: () => void = () => {};
export const whenSignedOut = (does: () => void): void => void (onSignedOut = does);

type Query = Record<string, string | number | boolean | null | undefined>;

/** A file of a conversation, under the sender's own id: sent again it is still one message. */
export const sendFile = (path: string, file: File, clientId: string): Promise<unknown> =>
  http("POST", path, file.type ? file : new Blob([file], { type: "application/octet-stream" }), {}, {
    "X-Client-Id": clientId, "X-File-Name": encodeURIComponent(file.name || "file"),
  });

/** A file goes as it is, under the type it was given; everything else as JSON. */
export async function http<T>(method: string, path: string, body?: unknown, query: Query = {}, headers: Record<string, string> = {}): Promise<T> {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value != null && value !== "") search.set(key, String(value));
  const text = search.size ? `${path}?${search}` : path;
  let answer: Response;
  try {
    answer = await fetch(text, {
      method,
      credentials: "same-origin",
      headers: {
        Accept: "application/json",
        "Accept-Language": language.value,
        "X-CSRF": "1",
        ...headers,
        ...(body === undefined ? {} : { "Content-Type": body instanceof Blob ? body.type : "application/json" }),
      },
      body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
    });
  } catch {
    throw new Problem("offline", 0, "");
  }
  noteClock(answer.headers.get("Date"));
  if (answer.status === 204) return undefined as T;
  const value = await answer.json().catch(() => null);
  if (answer.ok) return value as T;
  const problem = (value ?? {}) as { code?: string; detail?: string; title?: string };
  if (answer.status === 401 && path !== "/api/session") onSignedOut();
  throw new Problem(problem.code ?? `http_${answer.status}`, answer.status, problem.detail ?? problem.title ?? "", value);
}

/** Walks the pages of a list until its end or `most` items. */
export async function list<T>(path: string, query: Query = {}, most = 1000): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await http<Page<T>>("GET", path, undefined, { limit: Math.min(most, 1000), ...query, cursor });
    all.push(...page.items);
    cursor = page.next;
  } while (cursor && all.length < most);
  return all;
}

function noteClock(date: string | null): void {
  const theirs = date ? Date.parse(date) : NaN;
  if (Number.isNaN(theirs)) return;
  const difference = theirs + 500 - Date.now();
  skew = Math.abs(difference) > 2000 ? difference : 0;
}
