// Being called while no desk is open: switched on per browser; why it is off, what is missing, what went wrong.
import { useSignal } from "@preact/signals";
import { choosePush, pushBusy, pushChoices, pushDevice, pushState, pushTrouble, switchOff, switchOn, tryPush } from "../../live/push";
import { errorText, t, word } from "../../text/text";

export function PushChoice() {
  const state = pushState.value;
  const tried = useSignal(false);
  if (state === "unknown") return null;
  if (state !== "on" && state !== "off") {
    return (
      <div class="soft small push">
        <p>{word("push", state)}</p>
        {state === "insecure" && <p>{t("desktop.remedy")} <code class="command">shopbell serve --tls-cert … --tls-key …</code></p>}
      </div>
    );
  }
  const on = state === "on";
  const { away, details } = pushChoices.value;
  const device = pushDevice.value;
  return (
    <fieldset class="choices push" aria-busy={pushBusy.value}>
      <legend class="soft small">{t("push.title")}</legend>
      <label class="check">
        <input type="checkbox" role="switch" checked={on} aria-describedby="push-needs"
          onChange={() => { tried.value = true; void (on ? switchOff() : switchOn()); }} />
        <span>{t("push.on")}</span>
      </label>
      <p class="soft small" id="push-needs">{t("push.needs")}</p>
      {on && (
        <>
          <label class="check">
            <input type="checkbox" checked={away} onChange={(event) => void choosePush({ away: event.currentTarget.checked })} />
            <span>{t("push.away")}</span>
          </label>
          <label class="check">
            <input type="checkbox" checked={details} onChange={(event) => void choosePush({ details: event.currentTarget.checked })} />
            <span>{t("push.details")}</span>
          </label>
          <button type="button" class="plain-button" disabled={pushBusy.value} onClick={() => { tried.value = true; void tryPush(); }}>{t("push.try")}</button>
        </>
      )}
      <p class="small" role="status">{says(tried.value, device?.error ?? "")}</p>
    </fieldset>
  );
}

function says(tried: boolean, before: string): string {
  const trouble = pushTrouble.value;
  if (pushBusy.value) return t("push.busy");
  if (trouble?.at === "browser") return t("push.browser");
  if (trouble?.at === "server") return why(trouble.why);
  if (trouble?.at === "refused") return errorText(trouble.code);
  if (pushState.value !== "on") return "";
  return tried ? t("push.works") : before ? why(before) : "";
}
/** "status:500", "timeout", as the server writes it. */
export function why(error: string): string {
  const [name = "", code = ""] = error.split(":");
  return word("push.why", name).replace("{code}", code);
}
