// The floor of `bench/crowd.py`: both sides of a conversation share a room, a message goes to the other side, and the
// sender is answered. Nothing is stored, nobody is asked who they are.

import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer((_, answer) => answer.end());
const io = new Server(server, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });
const seqs = new Map();

for (const side of ["/visitor", "/expert"]) {
  io.of(side).on("connection", (socket) => {
    const other = io.of(side === "/visitor" ? "/expert" : "/visitor");
    for (const conversation of socket.handshake.auth.conversations ?? []) socket.join(conversation);
    socket.on("message.send", ({ conversation, client_id, text }, answer) => {
      const seq = (seqs.get(conversation) ?? 0) + 1;
      const at = new Date().toISOString();
      seqs.set(conversation, seq);
      const author = { kind: side.slice(1), name: "" };
      other.to(conversation).emit("message.added", {
        conversation, seq, client_id, author, kind: "text", text, data: null, at,
      });
      answer({ ok: true, seq, at });
    });
  });
}
server.listen(Number(process.argv[2]), "127.0.0.1");
