// The socket to /expert: WebSocket only, a fresh ticket for every attempt, commands answered or failed by time.
import { io, type Socket } from "socket.io-client";
import { EVENT_NAMES, type DeskEvent, type Ticket } from "../wire";
import { language } from "../text/text";
import { http, Problem } from "./http";

export interface Hooks {
  connected(): void;
  lost(why: string): void;
  refused(why: string): void;
  event(event: DeskEvent): void;
}
const PATIENCE_MS = 10_000;
const RETRY_MS = 2_000;

export class ExpertSocket {
  private socket: Socket;
  private knock: ReturnType<typeof setTimeout> | undefined;

  constructor(hooks: Hooks) {
    this.socket = io("/expert", {
      transports: ["websocket"],
      autoConnect: false,
      reconnectionDelay: 500,
      reconnectionDelayMax: 5_000,
      randomizationFactor: 0.5,
      auth: (give) => {
        http<Ticket>("POST", "/api/session/socket").then(({ token }) => give({ token, language: language.value }), () => give({ token: "" }));
      },
    });
    this.socket.on("connect", () => hooks.connected());
    this.socket.on("disconnect", (why) => {
      hooks.lost(why);
      // After a goodbye of the server the library stays silent: knock again ourselves.
      if (why === "io server disconnect") this.later();
    });
    this.socket.on("connect_error", (error) => {
      hooks.refused(error.message);
      if (!this.socket.active) this.later();
    });
    for (const name of EVENT_NAMES) {
      this.socket.on(name, (data: unknown) => hooks.event({ name, data } as DeskEvent));
    }
  }

  get live(): boolean {
    return this.socket.connected;
  }
  start(): void {
    this.socket.connect();
  }
  /** A new handshake: the server speaks the language that was given there. */
  restart(): void {
    this.socket.disconnect();
    this.socket.connect();
  }
  stop(): void {
    clearTimeout(this.knock);
    this.socket.disconnect();
  }
  /** Sends a command; resolves with the answer, throws `Problem` on a refusal or when no answer comes in time. */
  async ask<T>(name: string, data: object): Promise<T> {
    if (!this.socket.connected) throw new Problem("offline", 0, "");
    let answer: { error?: { code: string; detail?: string } } & T;
    try {
      answer = await this.socket.timeout(PATIENCE_MS).emitWithAck(name, data);
    } catch {
      throw new Problem("offline", 0, "");
    }
    if (answer?.error) throw new Problem(answer.error.code, 0, answer.error.detail ?? "");
    return answer;
  }
  /** Sends what may get lost without harm (typing). */
  tell(name: string, data: object): void {
    if (this.socket.connected) this.socket.volatile.emit(name, data);
  }
  private later(): void {
    clearTimeout(this.knock);
    this.knock = setTimeout(() => this.socket.connect(), RETRY_MS * (0.5 + Math.random()));
  }
}
