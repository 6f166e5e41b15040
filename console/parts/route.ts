// Which screen: the part of the address after "#", and within it which part of the screen ("#/site/events"). The server
// serves one document for all of them.
import { signal } from "@preact/signals";

export type Screen = "desk" | "board" | "reports" | "live" | "site" | "team";
const SCREENS: readonly string[] = ["desk", "board", "reports", "live", "site", "team"];

export const screen = signal<Screen | null>(null);
export const part = signal<string>("");
addEventListener("hashchange", read);
read();

function read(): void {
  const [name = "", within = ""] = location.hash.replace(/^#\/?/, "").split("/");
  screen.value = SCREENS.includes(name) ? (name as Screen) : null;
  part.value = within;
}
