// Always in sight: am I online, do I hear, where can I go.
import { useEffect, useRef } from "preact/hooks";
import { Bell } from "../../widget/look/Bell";
import { soundWaits } from "../live/bell";
import { choices } from "../live/choices";
import { now } from "../live/clock";
import { connection, desk, setPresence } from "../live/desk";
import { IDLE, IDLE_MINUTES } from "../live/idle";
import { gap, missed, missedSeen } from "../live/missed";
import { column } from "../live/selection";
import { answersPeople, isRung, signOut } from "../live/session";
import { LanguageSwitch } from "../parts/LanguageSwitch";
import { LOOKS, look, setLook } from "../parts/look";
import type { Screen } from "../parts/route";
import { StatusMark } from "../parts/small";
import { missedIn } from "../state/missed";
import { clock, clockTime, duration, timeOfDay, when } from "../text/format";
import { t, tn, word, type Key } from "../text/text";
import type { Me, Status } from "../wire";
import { keysOpen } from "./desk/Keys";
import { Notify } from "./desk/Notify";

/** Reasons for being away that nobody wrote. */
const BY_ITSELF = [IDLE, "missed"];
const STATUSES: Status[] = ["online", "away", "offline"];

export function TopBar({ me, screens, here }: { me: Me; screens: Screen[]; here: Screen }) {
  // On a phone the places may be wider than the screen: the chosen one stands in sight.
  useEffect(() => document.querySelector(".screens [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [here]);
  return (
    <header class="top">
      <div class="top-row">
        <a class="brand" href={`#/${screens[0]}`} aria-label="Shopbell"><Bell size={24} /><span>Shopbell</span></a>
        {screens.length > 1 && (
          <nav class="screens" aria-label={t("nav.screens")}>
            {screens.map((name) => (
              <a key={name} href={`#/${name}`} aria-current={name === here ? "page" : undefined}>{t(`nav.${name}` as Key)}</a>
            ))}
          </nav>
        )}
        <span class="top-space" />
        {isRung(me.role) && <PresenceSwitch />}
        <Settings me={me} />
      </div>
      {answersPeople(me.role) && <Hearing />}
      {isRung(me.role) && <Absence />}
    </header>
  );
}

function PresenceSwitch() {
  const mine = desk.value?.me.status;
  // Nor has an expert with no place for conversations a presence to choose.
  if (desk.value?.me.capacity === 0) return null;
  return (
    <div class="segments presence" role="group" aria-label={t("presence")}>
      {STATUSES.map((status) => (
        <button key={status} type="button" class={`is-${status}`} aria-pressed={mine === status}
          disabled={connection.value.phase !== "live"} onClick={() => void setPresence(status)}>
          <StatusMark status={status} /> {word("status", status)}
        </button>
      ))}
    </div>
  );
}

/** One line under the bar when something keeps this desk from hearing the bell, and when something did. */
function Hearing() {
  const state = connection.value;
  if (state.phase === "deaf") {
    // The line is said once; the time that counts up beside it is for the eyes.
    return (
      <p class="strip is-bad"><span role="alert">{t("hear.deaf", { time: timeOfDay(state.since) })}</span>{" "}
        <b class="deaf-for" aria-hidden="true">{clock(Math.max(0, now.value - state.since))}</b></p>
    );
  }
  const was = gap.value;
  if (state.phase === "live" && was) {
    const bells = missedIn(missed.value, was);
    return (
      <p class="strip is-warn" role="status">
        {t("hear.was_deaf", { from: timeOfDay(was.from), to: timeOfDay(was.to), time: duration(was.to - was.from) })}{" "}
        {bells > 0 ? tn("hear.missed", bells) : t("hear.missed_none")}{" "}
        <button type="button" class="plain-button" onClick={() => (bells > 0 ? showMissed() : missedSeen())}>{t(bells > 0 ? "hear.show" : "presence.seen")}</button>
      </p>
    );
  }
  if (state.phase === "live" && choices.value.sound && soundWaits.value) return <p class="strip">{t("hear.sound_waits")}</p>;
  return null;
}

/** The list stands on the desk, with its own "seen"; the line has done its work. */
function showMissed(): void {
  gap.value = null;
  location.hash = "#/desk";
  column.value = "list";
  setTimeout(() => document.querySelector<HTMLElement>("#missed-title")?.focus(), 50);
}

/** One line under the bar while no bell rings here, or when talks went elsewhere: why, and what to do. */
export function Absence() {
  const mine = desk.value?.me;
  if (!mine || mine.capacity === 0) return null;
  const live = connection.value.phase === "live";
  const seen = mine.status === "online" ? desk.value?.experts.find((one) => one.id === mine.id) : undefined;
  const breath = seen?.rest_until && Date.parse(seen.rest_until) > now.value ? seen.rest_until : null;
  const overtime = seen?.overtime_until && Date.parse(seen.overtime_until) > now.value ? seen.overtime_until : null;
  return (
    <>
      {breath && <p class="strip" role="status">{t("presence.breathing", { time: clockTime(breath) })}</p>}
      {overtime && <p class="strip" role="status">{t("presence.overtime_mine", { time: when(overtime, now.value) })}</p>}
      {mine.handed_on > 0 && (
        <p class="strip" role="status">
          {tn("presence.handed_on", mine.handed_on)}{" "}
          <button type="button" class="plain-button" disabled={!live}
            onClick={() => void setPresence(mine.status, mine.status_reason)}>{t("presence.seen")}</button>
        </p>
      )}
      {mine.status === "away" && mine.status_reason === IDLE && <p class="strip">{t("presence.idle", { n: IDLE_MINUTES })}</p>}
      {mine.status === "away" && mine.status_reason === "missed" && (
        <p class="strip" role="status">
          {t("presence.missed")}{" "}
          <button type="button" class="plain-button" disabled={!live} onClick={() => void setPresence("online")}>{t("presence.go_online")}</button>
        </p>
      )}
      {mine.status === "away" && !BY_ITSELF.includes(mine.status_reason) && (
        <form class="strip" onSubmit={(event) => { event.preventDefault(); event.currentTarget.querySelector("input")?.blur(); }}>
          <label for="away-reason" class="soft">{t("presence.reason_short")}</label>{" "}
          <input id="away-reason" key={mine.status_reason} class="away-reason" maxLength={100} defaultValue={mine.status_reason} disabled={!live}
            aria-label={t("presence.reason")} placeholder={t("presence.reason")}
            onBlur={({ currentTarget: { value } }) => { if (value.trim() !== mine.status_reason) void setPresence("away", value.trim()); }} />
        </form>
      )}
    </>
  );
}

function Settings({ me }: { me: Me }) {
  const ref = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const away = (event: Event) => {
      if (ref.current?.open && !ref.current.contains(event.target as Node)) ref.current.open = false;
    };
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, []);
  return (
    <details class="settings" ref={ref} onKeyDown={(event) => {
      if (event.key === "Escape") { event.currentTarget.open = false; event.currentTarget.querySelector("summary")?.focus(); }
    }}>
      <summary><span class="avatar" aria-hidden="true">{me.name.slice(0, 1)}</span><span class="settings-name">{me.name}</span></summary>
      <div class="settings-panel sheet">
        <p><strong>{me.name}</strong><br /><span class="soft">{me.email} · {word("role", me.role)}</span></p>
        {answersPeople(me.role) && (
          <>
            <Notify />
            <button type="button" class="quiet" onClick={() => (keysOpen.value = true)}>{t("settings.keys")} <kbd>?</kbd></button>
          </>
        )}
        <div class="segments" role="group" aria-label={t("settings.look")}>
          {LOOKS.map((one) => (
            <button key={one} type="button" aria-pressed={look.value === one} onClick={() => setLook(one)}>{word("look", one)}</button>
          ))}
        </div>
        <LanguageSwitch />
        <button type="button" class="quiet" onClick={() => void signOut()}>{t("settings.sign_out")}</button>
      </div>
    </details>
  );
}
