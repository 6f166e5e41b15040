// The line to the server: WebSocket only, commands answered after the commit, back by itself with jitter.

import { signal } from "@preact/signals";
import { io, type Socket } from "socket.io-client";
import type { Refusal, VisitorCommands, VisitorEvents } from "../wire";
import { language } from "./words";

/** "refused": the server knows us and does not want us now. */
export const line = signal<"connecting" | "on" | "off" | "refused">("connecting");

/** The server's "no", with its sentence. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.detail || refusal.code);
  }
}

/** Nobody answered: whether the command was taken is not known. The same client_id may be sent again. */
export class Unanswered extends Error {}

const PATIENCE = 10_000;
let socket: Socket | undefined;

export type Heard = { [Name in keyof VisitorEvents]?: (data: VisitorEvents[Name]) => void };

export function connect(site: string, visitor: string, arrived: () => void, heard: Heard): void {
  socket = io("/visitor", {
    path: "/socket.io/",
    transports: ["websocket"],
    auth: (give) => give({ site, visitor, language: language.peek() }),
    reconnectionDelay: 500,
    reconnectionDelayMax: 15_000,
    randomizationFactor: 0.5,
  });
  socket.on("connect", () => {
    line.value = "on";
    arrived();
  });
  socket.on("disconnect", () => {
    line.value = "off";
    comeBack();
  });
  socket.on("connect_error", () => {
    line.value = socket!.active ? "off" : "refused";
    comeBack();
  });
  for (const [name, handle] of Object.entries(heard)) socket.on(name, handle as (data: unknown) => void);
}

let returning: ReturnType<typeof setTimeout> | undefined;

/** The library does not return by itself when it was the server that closed. */
function comeBack() {
  if (socket!.active) return;
  clearTimeout(returning);
  returning = setTimeout(() => socket!.connect(), 2_000 + Math.random() * 8_000);
}

export function retryNow(): void {
  clearTimeout(returning);
  line.value = "connecting";
  if (socket && !socket.connected) socket.disconnect().connect();
}

/** Sends one command. Throws Refused with the server's sentence, or Unanswered. */
export async function command<Name extends keyof VisitorCommands>(
  name: Name, data: VisitorCommands[Name]["send"],
): Promise<VisitorCommands[Name]["answer"]> {
  if (!socket?.connected) throw new Unanswered();
  let answer: any;
  try {
    answer = await socket.timeout(PATIENCE).emitWithAck(name, data);
  } catch {
    throw new Unanswered();
  }
  if (answer?.error) throw new Refused(answer.error);
  return answer;
}

/** Something small that may be lost: typing, read. */
export function mention<Name extends keyof VisitorCommands>(name: Name, data: VisitorCommands[Name]["send"]): void {
  if (socket?.connected) socket.emit(name, data, () => {});
}
