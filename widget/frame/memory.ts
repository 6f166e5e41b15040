// What the frame keeps over a reload of the page. Storage of a frame on a foreign page may throw at any touch:
// then it is kept until the page goes.

const held: Record<string, string> = {};
const PREFIX = "shopbell.";

function put(storage: () => Storage, name: string, value: unknown): void {
  const text = JSON.stringify(value ?? null);
  held[name] = text;
  try {
    storage().setItem(PREFIX + name, text);
  } catch {
    // Kept in `held`.
  }
}

function take<T>(storage: () => Storage, name: string): T | null {
  let text: string | null | undefined = held[name];
  try {
    text ??= storage().getItem(PREFIX + name);
    return text ? (JSON.parse(text) as T) : null;
  } catch {
    return null;
  }
}

const tab = () => sessionStorage;
const good = () => localStorage;

/** Kept over a reload of this tab. */
export const remember = (name: string, value: unknown): void => put(tab, name, value);
/** What was remembered under the name, or null. */
export const recall = <T>(name: string): T | null => take<T>(tab, name);

/** Kept in this browser, as far as it lets a frame keep things. */
export const rememberForGood = (name: string, value: unknown): void => put(good, name, value);
export const recallForGood = <T>(name: string): T | null => take<T>(good, name);
