// The usual way: one WebSocket, commands answered after the commit. When to try again is decided elsewhere.

import { io } from "socket.io-client";
import { type Ears, PATIENCE, Refused, type Transport, Unanswered, type Who } from "./transport";

export function bySocket({ site, visitor, language }: Who, ears: Ears): Transport {
  const socket = io("/visitor", {
    path: "/socket.io/",
    transports: ["websocket"],
    auth: (give) => give({ site, visitor, language: language() }),
    autoConnect: false,
    reconnection: false,
  });
  socket.on("connect", () => void ears.on());
  socket.on("disconnect", (reason) => reason !== "io client disconnect" && ears.off(reason === "io server disconnect"));
  // Only the server's own refusal ends the subscription.
  socket.on("connect_error", () => (socket.active ? ears.off() : ears.refused()));
  socket.onAny((name: string, data: unknown) => ears.heard(name, data));

  return {
    open: () => void socket.connect(),
    close: () => void socket.disconnect(),
    async command(name, data) {
      if (!socket.connected) throw new Unanswered();
      let answer: any;
      try {
        answer = await socket.timeout(PATIENCE).emitWithAck(name, data);
      } catch {
        // A line that takes words and gives none back is no line.
        if (socket.connected) {
          socket.disconnect();
          ears.off();
        }
        throw new Unanswered();
      }
      if (answer?.error) throw new Refused(answer.error);
      return answer;
    },
    mention(name, data) {
      if (socket.connected) socket.emit(name, data, () => {});
    },
  };
}
