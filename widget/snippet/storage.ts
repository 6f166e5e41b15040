// What the page remembers between views. Storage that is missing, throws or is full is replaced by memory:
// the visit still counts, it only ends with the page.

let store: Record<string, string> = {};
try {
  store = localStorage || store;
} catch {
  // The browser keeps nothing for this page.
}

export const recall = (name: string): string | undefined => store[name];

export function keep(name: string, value: string): void {
  try {
    store[name] = value;
  } catch {
    store = { ...store, [name]: value };
  }
}
