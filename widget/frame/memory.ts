// What the frame keeps over a reload of the page. Storage of a frame on a foreign page may throw at any touch:
// then it is kept until the page goes.

const held: Record<string, string> = {};
const PREFIX = "shopbell.";

export function remember(name: string, value: unknown): void {
  const text = JSON.stringify(value ?? null);
  held[name] = text;
  try {
    sessionStorage.setItem(PREFIX + name, text);
  } catch {
    // Kept in `held`.
  }
}

/** What was remembered under the name, or null. */
export function recall<T>(name: string): T | null {
  let text: string | null | undefined = held[name];
  try {
    text ??= sessionStorage.getItem(PREFIX + name);
    return text ? (JSON.parse(text) as T) : null;
  } catch {
    return null;
  }
}
