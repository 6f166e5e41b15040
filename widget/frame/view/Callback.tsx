// "Call me": when, at which number, what about; and what was agreed.

import { useEffect } from "preact/hooks";
import type { Slot } from "../../wire";
import { agreed, askSlots, badPhone, change, request, show, slots, wish } from "../callback";
import { moment } from "../format";
import { line } from "../line";
import { say } from "../words";
import { Problem } from "./Problem";
import { Screen } from "./Screen";
import { useAsk } from "./useAsk";

/** The sentence of a promise: who calls or writes, and when. */
export function Agreed() {
  const it = agreed.value;
  if (!it) return null;
  const word = it.state === "open" ? (it.channel === "call" ? "calls" : "writes") : it.state === "done" ? "calledBack" : "notReached";
  return (
    <p class={it.state === "missed" ? "state" : "state accepted"} role="status">
      {say(word, { expert: it.expert || say("someone"), at: moment(it.at) })}
    </p>
  );
}

/** Nobody is there: when shall somebody answer? */
export function Times({ slots }: { slots: Slot[] }) {
  return (
    <>
      <p>{say("night")}</p>
      <p class="buttons">
        {slots.map(({ at, expert }) => (
          <button key={at} type="button" onClick={() => show(at)}>{moment(at)}{expert && ` · ${expert}`}</button>
        ))}
      </p>
    </>
  );
}

export function Callback() {
  const { busy, problem, ask, load, complain } = useAsk();
  const { channel, phone, when, topic } = wish.value;
  useEffect(() => {
    if (line.value === "on") void load(askSlots);
  }, [line.value]);

  function submit(event: Event) {
    event.preventDefault();
    if (channel === "call" && badPhone(phone)) {
      complain(say(phone.trim() ? "badPhone" : "missingPhone"));
      document.getElementById("callback-phone")?.focus();
      return;
    }
    void ask(request);
  }

  if (agreed.value?.state === "open")
    return <Screen title={say("callMe")}><Agreed /></Screen>;
  return (
    <Screen title={say("callMe")}>
      <Agreed />
      <form class="order" onSubmit={submit} noValidate>
        <fieldset class="choice">
          <legend>{say("how")}</legend>
          {(["call", "write"] as const).map((way) => (
            <label key={way}>
              <input type="radio" name="channel" checked={channel === way} onChange={() => change({ channel: way })} /> {say(way === "call" ? "wayCall" : "wayWrite")}
            </label>
          ))}
        </fieldset>
        {channel === "call" && (
          <label class="field">
            <span>{say("phone")}</span>
            <input id="callback-phone" type="tel" autocomplete="tel" required value={phone}
              onInput={(event) => change({ phone: event.currentTarget.value })} />
          </label>
        )}
        <fieldset class="choice">
          <legend>{say("when")}</legend>
          {slots.value?.map(({ at, expert }) => (
            <label key={at}>
              <input type="radio" name="when" checked={when === at} onChange={() => change({ when: at })} />{" "}
              {moment(at)}{expert && <span class="soft"> · {expert}</span>}
            </label>
          ))}
          {slots.value && !slots.value.length && <p class="soft">{say("noSlots")}</p>}
          {!slots.value && <p class="soft">{say("connecting")}</p>}
        </fieldset>
        <label class="field">
          <span>{say("about")} <span class="soft">({say("optional")})</span></span>
          <input value={topic} maxLength={300} onInput={(event) => change({ topic: event.currentTarget.value })} />
        </label>
        <p class="buttons">
          <button type="submit" class="main" disabled={busy || !slots.value?.length}>{say(channel === "call" ? "askCall" : "askWrite")}</button>
        </p>
        <Problem>{problem}</Problem>
      </form>
    </Screen>
  );
}
