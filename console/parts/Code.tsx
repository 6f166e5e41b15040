// A few lines to be taken along: shown as they are, copied with one press.
import { useState } from "preact/hooks";
import { t } from "../text/text";

const SAID_MS = 2_000;

export function Code({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_MS);
  };
  return (
    <div class="code">
      <pre tabIndex={0} role="region" aria-label={label}><code>{text}</code></pre>
      <button type="button" class="plain-button" onClick={() => void copy()}>
        <span role="status">{t(copied ? "code.copied" : "code.copy")}</span><span class="unseen">: {label}</span>
      </button>
    </div>
  );
}

/** An office network without TLS has no clipboard of its own: a selection can still be copied. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
