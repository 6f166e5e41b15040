// What the frame needs of a way to the server. There are two: a socket, and asking over HTTP where sockets are blocked.

import type { Refusal, VisitorCommands, VisitorEvents } from "../../wire";
import { say } from "../words";

/** The server's "no", with its sentence; one that speaks of the visitor as somebody else is put in our own words. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.code === "blocked" ? say("blocked") : refusal.detail || refusal.code);
  }

  /** It is no fault of what was asked: later the same may be taken. */
  get passing(): boolean {
    return ["busy", "unavailable", "rate_limited"].includes(this.refusal.code);
  }
}

/** Nobody answered: whether the command was taken is not known. The same client_id may be sent again. */
export class Unanswered extends Error {}

export type Heard = { [Name in keyof VisitorEvents]?: (data: VisitorEvents[Name]) => void };
export type Answer<Name extends keyof VisitorCommands> = VisitorCommands[Name]["answer"];
export type Sent<Name extends keyof VisitorCommands> = VisitorCommands[Name]["send"];

/** Who we are to the server, and what of the conversation we have. */
export interface Who {
  site: string;
  visitor: string;
  language: () => string;
  position: () => { conversation: string; after: number };
}

/** What a way to the server tells. Each opening ends in `on`, `off` or `refused`; `off` also follows `on`. */
export interface Ears {
  /** We are through; what stands open is told next. The promise: we have caught up. */
  on(): Promise<void>;
  /** `later`: the server let go of us, and wants us back in a while. */
  off(later?: boolean): void;
  /** The server knows us and does not want us now. */
  refused(): void;
  heard(name: string, data: unknown): void;
}

export interface Transport {
  /** Tries once to get through, if it is not through or trying already. */
  open(): void;
  /** Lets go, and tells nothing any more until it is opened again. */
  close(): void;
  /** Throws Refused with the server's sentence, or Unanswered. */
  command<Name extends keyof VisitorCommands>(name: Name, data: Sent<Name>): Promise<Answer<Name>>;
  /** Something small that may be lost: typing, read. */
  mention<Name extends keyof VisitorCommands>(name: Name, data: Sent<Name>): void;
}

/** How long an answer may take, ms. */
export const PATIENCE = 10_000;
