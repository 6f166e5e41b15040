// Files that go along with a conversation: on their way up with progress, and fetched with the key when they are shown.

import { signal } from "@preact/signals";
import type { Message } from "../wire";
import { key } from "./site";
import { Refused } from "./line";
import { thread, told } from "./talk";
import { language } from "./language";
import { say } from "./words";

/** One on its way. `share`: of its bytes that are up, 0 to 1; `error`: why it stays here. */
export interface Upload {
  client_id: string;
  file: File;
  share: number;
  error?: string;
}

export const uploads = signal<Upload[]>([]);

/** What the picker offers; the server looks at the bytes. */
export const ACCEPTED = "image/png,image/jpeg,image/gif,image/webp,application/pdf";

const change = (client_id: string, how: (upload: Upload) => Upload | null) =>
  (uploads.value = uploads.value.flatMap((one) => (one.client_id === client_id ? (how(one) ?? []) : one)));

export function attach(files: Iterable<File>): void {
  for (const file of files) {
    const client_id = crypto.randomUUID();
    uploads.value = [...uploads.value, { client_id, file, share: 0 }];
    void send(client_id, file);
  }
}

export function attachAgain({ client_id, file }: Upload): void {
  change(client_id, (upload) => ({ ...upload, share: 0, error: undefined }));
  void send(client_id, file);
}

const going = new Map<string, XMLHttpRequest>();

export function takeBack({ client_id }: Upload): void {
  going.get(client_id)?.abort();
  change(client_id, () => null);
}

/** `XMLHttpRequest`, because it tells how far it is. The same client_id with every try: it arrives once. */
function send(client_id: string, file: File): void {
  const { conversation } = thread.value;
  const fail = (sentence?: string) => change(client_id, (upload) => ({ ...upload, error: sentence || say("unanswered") }));
  if (!conversation) return void fail();
  const request = new XMLHttpRequest();
  going.set(client_id, request);
  request.open("POST", `/visitor/files?conversation=${encodeURIComponent(conversation)}`);
  request.setRequestHeader("Authorization", `Bearer ${key}`);
  request.setRequestHeader("Accept-Language", language.value);
  request.setRequestHeader("X-Client-Id", client_id);
  request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
  request.upload.onprogress = ({ loaded, total }) => change(client_id, (upload) => ({ ...upload, share: loaded / total }));
  request.onload = () => {
    const answer = parsed(request.responseText);
    if (request.status >= 300) return fail(answer && new Refused(answer).message);
    change(client_id, () => null);
    if (answer?.seq) told(answer as Message);
  };
  request.onerror = () => fail();
  request.onloadend = () => going.delete(client_id);
  request.send(file);
}

function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const held = new Map<string, Promise<string>>();

/** An address of the file's bytes that only this document knows. Throws where there are none. */
export function fetched(id: string): Promise<string> {
  const known = held.get(id);
  if (known) return known;
  const asked = ask(`/visitor/files/${encodeURIComponent(id)}`).then((bytes) => URL.createObjectURL(bytes));
  asked.catch(() => held.delete(id));
  held.set(id, asked);
  return asked;
}

/** Bytes that only this visitor may have. Throws with the server's sentence. */
export async function ask(path: string, body?: object): Promise<Blob> {
  const answer = await fetch(path, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Bearer ${key}`, "Accept-Language": language.value, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Refused((await answer.json().catch(() => null)) ?? { code: "internal", detail: say("unanswered") });
  return answer.blob();
}

/** Saves what lies at an address of ours under a name. */
export function save(href: string, name: string): void {
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
}

/** 1.2 MB, 340 KB. */
export function size(bytes: number): string {
  const number = (value: number) => new Intl.NumberFormat(language.value).format(value);
  return bytes < 1e6
    ? say("kilobytes", { n: number(Math.max(1, Math.round(bytes / 1e3))) })
    : say("megabytes", { n: number(Math.round(bytes / 1e5) / 10) });
}
