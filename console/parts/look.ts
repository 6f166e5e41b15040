// Light, dark or as the system says; the person's choice is remembered.
import { signal } from "@preact/signals";

export type Look = "system" | "light" | "dark";
export const LOOKS: Look[] = ["system", "light", "dark"];
const REMEMBERED = "shopbell.look";
export const look = signal<Look>("system");

export function startLook(): void {
  try {
    const known = localStorage.getItem(REMEMBERED);
    if (known === "light" || known === "dark") setLook(known);
  } catch {
    // As the system says.
  }
}
export function setLook(to: Look): void {
  look.value = to;
  if (to === "system") document.documentElement.removeAttribute("data-look");
  else document.documentElement.dataset.look = to;
  try {
    localStorage.setItem(REMEMBERED, to);
  } catch {
    // Holds until the page is left.
  }
}
