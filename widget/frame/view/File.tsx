// A file in the conversation: a picture small enough to see, a document to save. Its bytes come with the visitor's key.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { fetched, save, size, type Upload, attachAgain, takeBack } from "../files";
import { say } from "../words";
import { Problem } from "./Problem";
import { useAsk } from "./useAsk";

export interface FileData { file: string; name: string; type: string; size: number; width?: number | null; height?: number | null }

export function File({ file, name, type, size: bytes, width, height }: FileData) {
  const { busy, problem, ask, load } = useAsk();
  const address = useSignal("");
  const picture = type.startsWith("image/");
  const show = async () => (address.value = await fetched(file));
  useEffect(() => {
    if (picture) void load(show);
  }, [file]);
  const keep = () => ask(async () => save(await fetched(file), name));
  return (
    <div class="file">
      {picture && (
        <button type="button" class="thumb" aria-label={say("saveFile", { name })} onClick={keep}
          style={width && height ? { aspectRatio: `${width} / ${height}` } : undefined}>
          {address.value && <img src={address.value} alt={name} />}
        </button>
      )}
      <p class="what">
        <span>{name}</span> <span class="soft">{size(bytes)}</span>
        {!picture && <button type="button" disabled={busy} aria-label={say("saveFile", { name })} onClick={keep}>{say("save")}</button>}
        {picture && problem && <button type="button" disabled={busy} onClick={() => load(show)}>{say("tryAgain")}</button>}
      </p>
      <Problem>{problem}</Problem>
    </div>
  );
}

/** On its way up, or refused. */
export function Sending({ upload }: { upload: Upload }) {
  const { file, share, error } = upload;
  return (
    <li class={error === undefined ? "mine waiting" : "mine failed"}>
      <div class="balloon">
        {file.name} <span class="soft">{size(file.size)}</span>
        {error === undefined && <progress max={1} value={share} aria-label={say("uploading", { name: file.name })} />}
      </div>
      {error !== undefined && <span class="below problem" role="alert">{say("notSent")} {error}</span>}
      <span class="below">
        {error !== undefined && <button type="button" class="plain" onClick={() => attachAgain(upload)}>{say("retry")}</button>}{" "}
        <button type="button" class="plain" onClick={() => takeBack(upload)}>{say("discard")}</button>
      </span>
    </li>
  );
}
