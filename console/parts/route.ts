// Which screen: the part of the address after "#", and within it which part of the screen ("#/site/events"). The server
// serves one document for all of them.
import { signal } from "@preact/signals";

export type Screen = "start" | "desk" | "board" | "reports" | "live" | "site" | "team";
const SCREENS: readonly string[] = ["start", "desk", "board", "reports", "live", "site", "team"];
/** "#/setup/CODE": the address that the server says while nobody has an account. */
const SETUP = /^#\/?setup\/([\w-]+)$/;

export const screen = signal<Screen | null>(null);
export const part = signal<string>("");
/** The one-time code of the first run, as the address brought it. */
export const setupCode = signal("");
addEventListener("hashchange", read);
read();

function read(): void {
  setupCode.value = SETUP.exec(location.hash)?.[1] ?? setupCode.value;
  const [name = "", within = ""] = location.hash.replace(/^#\/?/, "").split("/");
  screen.value = SCREENS.includes(name) ? (name as Screen) : null;
  part.value = within;
}
