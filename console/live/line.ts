// The one open line to the server: commands with an answer, words without one. Nothing is asked while nobody sits here.
import { errorText } from "../text/text";
import { codeOf, detailOf, Problem } from "./http";
import { say } from "./notes";
import { ExpertSocket, type Hooks } from "./socket";

let socket: ExpertSocket | null = null;

export const isOpen = (): boolean => socket !== null;
export function openLine(hooks: Hooks): void {
  socket = new ExpertSocket(hooks);
}
export const startLine = (): void => socket?.start();
export const restartLine = (): void => socket?.restart();
export function closeLine(): void {
  socket?.stop();
  socket = null;
}

/** Sends a command and tells a refusal in a quiet line; undefined when it did not succeed. */
export async function ask<T>(name: string, data: object): Promise<T | undefined> {
  try {
    return await askOrThrow<T>(name, data);
  } catch (error) {
    say(errorText(codeOf(error), detailOf(error)), "bad");
    return undefined;
  }
}
export async function askOrThrow<T>(name: string, data: object): Promise<T> {
  if (!socket) throw new Problem("offline", 0, "");
  return socket.ask<T>(name, data);
}
export const tell = (name: string, data: object): void => socket?.tell(name, data);
export const hears = (): boolean => socket?.live ?? false;
