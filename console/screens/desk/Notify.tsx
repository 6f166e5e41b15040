// How this expert is called: sound, desktop, for what. Says plainly what does not work here, why, and what mends it.
import { allowDesktop, desktop, soundWaits, tryNotification } from "../../live/bell";
import { choices, choose, SOUNDS } from "../../live/choices";
import { t, word } from "../../text/text";
import { PushChoice } from "./PushChoice";

export function Notify() {
  const { sound, which, volume, messages, desktop: wanted } = choices.value;
  return (
    <details class="fold notify">
      <summary>{t("notify.title")}</summary>
      <div class="notify-body">
        <label class="check">
          <input type="checkbox" role="switch" checked={sound} onChange={(event) => choose({ sound: event.currentTarget.checked })} />
          <span>{t("settings.sound")}</span>
        </label>
        <label class="field is-inline"><span>{t("notify.which")}</span>
          <select value={which} disabled={!sound} onChange={(event) => { choose({ which: SOUNDS.find((one) => one === event.currentTarget.value) ?? "bell" }); tryNotification(); }}>
            {SOUNDS.map((one) => <option key={one} value={one}>{word("notify.sound", one)}</option>)}
          </select>
        </label>
        <label class="field is-inline"><span>{t("notify.volume")}</span>
          <input type="range" min="0" max="100" step="5" value={volume} disabled={!sound} aria-valuetext={`${volume} %`}
            onInput={(event) => choose({ volume: Number(event.currentTarget.value) })} />
        </label>
        {sound && soundWaits.value && <p class="soft small">{t("hear.sound_waits")}</p>}
        <fieldset class="choices">
          <legend class="soft small">{t("notify.for")}</legend>
          <label class="check"><input type="radio" name="notify-for" checked={!messages} onChange={() => choose({ messages: false })} /><span>{t("notify.bells")}</span></label>
          <label class="check"><input type="radio" name="notify-for" checked={messages} onChange={() => choose({ messages: true })} /><span>{t("notify.messages")}</span></label>
        </fieldset>
        {desktop.value === "allowed" && (
          <label class="check">
            <input type="checkbox" role="switch" checked={wanted} onChange={(event) => choose({ desktop: event.currentTarget.checked })} />
            <span>{t("notify.desktop")}</span>
          </label>
        )}
        {desktop.value !== "allowed" && <DesktopLine />}
        <button type="button" class="plain-button" onClick={() => tryNotification()}>{t("notify.try")}</button>
        <PushChoice />
      </div>
    </details>
  );
}

/** Says what desktop notifications do here, and offers them where they can be had. */
export function DesktopLine() {
  if (desktop.value === "ask") {
    return <button type="button" class="plain-button" onClick={() => void allowDesktop()}>{t("desktop.ask")}</button>;
  }
  if (desktop.value === "allowed" && !choices.value.desktop) return <p class="soft small">{t("desktop.unwanted")}</p>;
  return (
    <div class="soft small">
      <p>{word("desktop", desktop.value)}</p>
      {desktop.value === "insecure" && <p>{t("desktop.remedy")} <code class="command">shopbell serve --tls-cert … --tls-key …</code></p>}
    </div>
  );
}
