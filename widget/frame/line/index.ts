// The line to the server as the rest of the frame knows it.

import { signal } from "@preact/signals";
import type { VisitorCommands } from "../../wire";
import { language } from "../language";
import { byAsking } from "./asking";
import { choose, type Line, type State } from "./choose";
import { bySocket } from "./socket";
import { type Answer, type Heard, type Sent, Unanswered, type Who } from "./transport";

export { type Heard, Refused, Unanswered } from "./transport";

/** "refused": the server knows us and does not want us now. */
export const line = signal<State>("connecting");

/** Why the conversation could not be opened, until the server does something for us again. */
export const trouble = signal("");

let chosen: Line | undefined;

/** `arrived`: on every opening of the line; it asks for what was said meanwhile. `position`: what we have. */
export function connect(
  site: string, visitor: string, arrived: () => Promise<void>, heard: Heard, position: Who["position"],
): void {
  const who: Who = { site, visitor, language: () => language.peek(), position };
  chosen = choose((ears) => bySocket(who, ears), (ears) => byAsking(who, ears), {
    state: (now) => (line.value = now),
    arrived,
    heard: (name, data) => heard[name as keyof Heard]?.(data as never),
  });
  addEventListener("online", retryNow);
}

export const retryNow = (): void => chosen?.retryNow();

/** Sends one command. Throws Refused with the server's sentence, or Unanswered. */
export async function command<Name extends keyof VisitorCommands>(name: Name, data: Sent<Name>): Promise<Answer<Name>> {
  const carrier = chosen?.carrier();
  if (!carrier) throw new Unanswered();
  const answer = await carrier.command(name, data);
  trouble.value = "";
  return answer;
}

/** Something small that may be lost: typing, read. */
export function mention<Name extends keyof VisitorCommands>(name: Name, data: Sent<Name>): void {
  chosen?.carrier()?.mention(name, data);
}
