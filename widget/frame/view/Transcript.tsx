// A copy of the conversation: saved here, or sent to an address that the person types.

import { useSignal } from "@preact/signals";
import { ask as fetchIt, save } from "../files";
import { offered, thread } from "../talk";
import { say } from "../words";
import { Problem } from "./Problem";
import { Screen } from "./Screen";
import { useAsk } from "./useAsk";

export function Transcript() {
  const { busy, problem, ask, complain } = useAsk();
  const email = useSignal("");
  const sent = useSignal("");
  const client_id = useSignal(crypto.randomUUID() as string);
  const { conversation, messages } = thread.value;
  // As the server has it: what holds nothing but one's own words is not sent to any address.
  const mailable = offered.value?.mail && messages.some(({ author }) => author.kind === "expert");

  const download = (format: "text" | "html") => ask(async () => {
    const bytes = await fetchIt("/visitor/transcript", { conversation, format });
    const href = URL.createObjectURL(bytes);
    save(href, `${say("transcriptName")}.${format === "text" ? "txt" : "html"}`);
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  });

  function mail(event: Event) {
    event.preventDefault();
    if (!/^\S+@\S+$/.test(email.value.trim())) return complain(say("badEmail"));
    void ask(async () => {
      await fetchIt("/visitor/transcript", { conversation, format: "html", email: email.value.trim(), client_id: client_id.value });
      sent.value = email.value.trim();
      client_id.value = crypto.randomUUID();
    });
  }

  return (
    <Screen title={say("transcript")}>
      <p class="buttons">
        <button type="button" disabled={busy} onClick={() => download("html")}>{say("savePage")}</button>
        <button type="button" disabled={busy} onClick={() => download("text")}>{say("saveText")}</button>
      </p>
      {mailable && <form onSubmit={mail} noValidate>
        <label class="field">
          <span>{say("mailIt")}</span>
          <input type="email" autocomplete="email" value={email.value} onInput={(event) => (email.value = event.currentTarget.value)} />
        </label>
        <p class="buttons"><button type="submit" class="main" disabled={busy}>{say("mailSend")}</button></p>
      </form>}
      <p role="status">{sent.value && say("mailed", { email: sent.value })}</p>
      <Problem>{problem}</Problem>
    </Screen>
  );
}
