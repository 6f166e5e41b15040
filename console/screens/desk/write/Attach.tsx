// Files for the visitor: chosen, pasted or dropped. They stand in the log while they are on their way.
import { useRef } from "preact/hooks";
import { attach, dropUpload, retryUpload, uploads, type Upload } from "../../../live/files";
import { t } from "../../../text/text";
import { fileSize } from "../../../text/words";

const TYPES = "image/png,image/jpeg,image/gif,image/webp,application/pdf";

export function AttachButton({ conversation, disabled }: { conversation: string; disabled: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="tool" disabled={disabled} aria-label={t("attach.label")} title={t("attach.title")} onClick={() => input.current?.click()}>
        <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">
          <path d="m16 9.5-6.2 6.2a4 4 0 0 1-5.6-5.6l6.7-6.7a2.7 2.7 0 0 1 3.8 3.8l-6.6 6.6a1.3 1.3 0 0 1-1.9-1.9L11.8 6.3" /></svg>
      </button>
      <input ref={input} type="file" multiple accept={TYPES} hidden onChange={(event) => {
        attach(conversation, [...(event.currentTarget.files ?? [])]);
        event.currentTarget.value = "";
      }} />
    </>
  );
}

export function Uploads({ conversation }: { conversation: string }) {
  return <>{uploads.value.filter((one) => one.conversation === conversation).map((one) => <Underway key={one.id} upload={one} />)}</>;
}

function Underway({ upload }: { upload: Upload }) {
  const { file, state, error, id } = upload;
  return (
    <div class={`message from-expert is-${state}`}>
      <div class="bubble kind-text"><p class="words">{file.name} <span class="soft small">{fileSize(file.size)}</span></p></div>
      <span class="message-foot">
        {state === "failed" ? (
          <>
            <span class="bad" role="alert">! {error ?? t("sent.failed")}</span>
            <button type="button" class="link" onClick={() => retryUpload(upload)}>{t("sent.retry")}</button>
            <button type="button" class="link" onClick={() => dropUpload(id)}>{t("sent.drop")}</button>
          </>
        ) : <span>◌ {t("sent.sending")}</span>}
      </span>
    </div>
  );
}
