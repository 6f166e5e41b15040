// Which screen: the part of the address after "#". The server serves one document for all of them.
import { signal } from "@preact/signals";

export type Screen = "desk" | "reports" | "live" | "team";
const SCREENS: readonly string[] = ["desk", "reports", "live", "team"];

export const screen = signal<Screen | null>(read());
addEventListener("hashchange", () => (screen.value = read()));

function read(): Screen | null {
  const name = location.hash.replace(/^#\/?/, "").split("/")[0]!;
  return SCREENS.includes(name) ? (name as Screen) : null;
}
