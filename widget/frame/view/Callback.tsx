// "Call me": when, at which number, what about; and what was agreed.

import { computed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Slot } from "../../wire";
import { aboutPhone, agreed, askSlots, badPhone, cancel, change, first, request, show, slots, wish } from "../callback";
import { line } from "../line";
import { thread } from "../talk";
import { happened } from "../thread";
import { say, saySlot, sayWhen } from "../words";
import { pointed, Problem } from "./Problem";
import { Screen } from "./Screen";
import { useAsk } from "./useAsk";

const OVER = { done: "calledBack", missed: "notReached", cancelled: "cancelled" } as const;

/** The sentence of a promise: who calls or writes, and when. `led`: and a way to where it is changed. */
export function Agreed({ led }: { led?: boolean }) {
  const it = agreed.value;
  if (!it) return null;
  const word = it.state === "open" ? (it.channel === "call" ? "calls" : "writes") : OVER[it.state];
  return (
    <>
      <p class={it.state === "open" || it.state === "done" ? "state accepted" : "state"} role="status">
        {say(word, { expert: it.expert || say("someone"), at: sayWhen(it.at, true) })}
      </p>
      {led && it.state === "open" && <p class="buttons"><ChangeOrCancel /></p>}
    </>
  );
}

/** Asked once more; the harmless answer has the focus. */
function Cancel({ busy, cancelled }: { busy: boolean; cancelled: () => void }) {
  const asked = useSignal(false);
  const keep = useRef<HTMLButtonElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  function turn(on: boolean) {
    asked.value = on;
    // After it is drawn.
    setTimeout(() => (on ? keep : first).current?.focus());
  }
  if (!asked.value) return <button key="ask" ref={first} type="button" class="plain" onClick={() => turn(true)}>{say("cancel")}</button>;
  return (
    <span class="buttons" role="group" aria-label={say("reallyCancel")} key="sure">
      <span class="asked">{say("reallyCancel")}</span>
      <button ref={keep} type="button" onClick={() => turn(false)}>{say("keepIt")}</button>
      <button type="button" class="plain" disabled={busy} onClick={cancelled}>{say("yesCancel")}</button>
    </span>
  );
}

/** The seq of the message that says what was agreed, while it holds; 0 for none. */
export const promised = computed(() => {
  const last = thread.value.messages.findLast((message) => ["callback.agreed", "callback.cancelled"].includes(happened(message) ?? ""));
  return last && (agreed.value?.state ?? "open") === "open" && happened(last) === "callback.agreed" ? last.seq : 0;
});

/** The way to where a promise is changed. */
export const ChangeOrCancel = () => <button type="button" class="plain" onClick={() => show()}>{say("changeOrCancel")}</button>;

/** Nobody is there: when shall somebody answer? Asked until something is agreed, and about times to come. */
export function Times({ slots }: { slots: Slot[] }) {
  if (agreed.value?.state === "open") return <Agreed led />;
  const left = slots.filter(({ at }) => Date.parse(at) > Date.now());
  return (
    <>
      <p>{say("night")}</p>
      <p class="buttons times">
        {left.map(({ at, expert }) => (
          <button key={at} type="button" onClick={() => show(at)}><span>{saySlot(at)}</span>{expert && <span class="soft"> {expert}</span>}</button>
        ))}
        {!left.length && <button type="button" onClick={() => show()}>{say("callMe")}</button>}
      </p>
    </>
  );
}

export function Callback() {
  const { busy, problem, field, ask, load, complain } = useAsk();
  const changing = useSignal(false);
  const every = useSignal(false);
  const { phone, when, topic } = wish.value;
  const open = agreed.value?.state === "open" ? agreed.value : null;
  // What is asked for once more in the same way moves what was agreed; in another way it would be a second promise.
  const channel = open?.channel ?? wish.value.channel;
  const few = first(slots.value ?? [], when);
  const known = every.value ? slots.value : slots.value && few;
  useEffect(() => {
    if (line.value === "on") void load(askSlots);
  }, [line.value]);
  useEffect(() => {
    if (problem && field === "phone") document.getElementById("callback-phone")?.focus();
  }, [problem, field]);

  function submit(event: Event) {
    event.preventDefault();
    if (channel === "call" && badPhone(phone)) {
      complain(say(phone.trim() ? "badPhone" : "missingPhone"), "phone");
      document.getElementById("callback-phone")?.focus();
      return;
    }
    change({ channel });
    void ask(async () => {
      await request();
      changing.value = false;
    }, (code) => (channel === "call" && aboutPhone(code) ? "phone" : ""));
  }

  /** The button is gone then: the focus goes to the first time that it showed. */
  function more(known: Slot[]) {
    every.value = true;
    const next = known.findIndex((slot) => !few.includes(slot));
    setTimeout(() => document.getElementsByName("when")[next]?.focus());
  }

  /** What is not touched stays as it was agreed. */
  function alter() {
    change({ when: open!.at });
    changing.value = true;
  }

  if (open && !changing.value)
    return (
      <Screen key="agreed" title={say("callMe")}>
        <Agreed />
        <p>{say("plansChanged")}</p>
        <p class="buttons">
          <button type="button" onClick={alter}>{say("change")}</button>
          <Cancel busy={busy} cancelled={() => void ask(() => cancel().then(askSlots))} />
        </p>
        <Problem>{problem}</Problem>
      </Screen>
    );
  return (
    <Screen key="ask" title={say("callMe")}>
      <Agreed />
      <form class="order" onSubmit={submit} noValidate>
        {!open && <fieldset class="choice">
          <legend>{say("how")}</legend>
          {(["call", "write"] as const).map((way) => (
            <label key={way}>
              <input type="radio" name="channel" checked={channel === way} onChange={() => change({ channel: way })} /> {say(way === "call" ? "wayCall" : "wayWrite")}
            </label>
          ))}
        </fieldset>}
        {channel === "call" && (
          <label class="field">
            <span>{say("phone")}</span>
            <input id="callback-phone" type="tel" autocomplete="tel" required value={phone}
              {...pointed(field === "phone", "callback-problem")}
              onInput={(event) => change({ phone: event.currentTarget.value })} />
          </label>
        )}
        {channel === "call" && field === "phone" && <Problem id="callback-problem">{problem}</Problem>}
        <fieldset class="choice">
          <legend>{say("when")}</legend>
          {known?.map(({ at, expert }) => (
            <label key={at}>
              <input type="radio" name="when" checked={when === at} onChange={() => change({ when: at })} />{" "}
              {saySlot(at)}{expert && <span class="soft"> · {expert}</span>}
            </label>
          ))}
          {slots.value && known!.length < slots.value.length && (
            <button type="button" class="plain" onClick={() => more(slots.value!)}>{say("moreTimes", { n: slots.value.length - known!.length })}</button>
          )}
          {slots.value && !slots.value.length && <p class="soft">{say("noSlots")}</p>}
          {!slots.value && <p class="soft">{say("connecting")}</p>}
        </fieldset>
        <label class="field">
          <span>{say("about")} <span class="soft">({say("optional")})</span></span>
          <input value={topic} maxLength={300} onInput={(event) => change({ topic: event.currentTarget.value })} />
        </label>
        <p class="buttons foot">
          <button type="submit" class="main" disabled={busy || !slots.value?.length}>{say(open ? "change" : channel === "call" ? "askCall" : "askWrite")}</button>
        </p>
        {!field && <Problem>{problem}</Problem>}
      </form>
    </Screen>
  );
}
