// Files on their way to a visitor. They live in this tab alone: what a reload interrupts is chosen again.
import { signal } from "@preact/signals";
import { errorText } from "../text/text";
import { codeOf, detailOf, sendFile } from "./http";
import { clientId } from "./threads";

export interface Upload { id: string; conversation: string; file: File; state: "sending" | "failed"; error?: string }
export const uploads = signal<readonly Upload[]>([]);

export function attach(conversation: string, files: Iterable<File>): void {
  for (const file of files) {
    const upload: Upload = { id: clientId(), conversation, file, state: "sending" };
    uploads.value = [...uploads.peek(), upload];
    void send(upload);
  }
}
export function retryUpload(upload: Upload): void {
  change(upload.id, { state: "sending", error: undefined });
  void send(upload);
}
export const dropUpload = (id: string): void => void (uploads.value = uploads.peek().filter((one) => one.id !== id));

async function send({ id, conversation, file }: Upload): Promise<void> {
  try {
    await sendFile(`/api/conversations/${conversation}/files`, file, id);
    // The message itself comes by the socket, as every other.
    dropUpload(id);
  } catch (error) {
    change(id, { state: "failed", error: errorText(codeOf(error), detailOf(error)) });
  }
}
const change = (id: string, some: Partial<Upload>): void =>
  void (uploads.value = uploads.peek().map((one) => (one.id === id ? { ...one, ...some } : one)));
globalThis.addEventListener?.("beforeunload", (event) => { if (uploads.peek().some((one) => one.state === "sending")) event.preventDefault(); });
