// The end of a conversation: how it was, and how to write again.

import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { line } from "../line";
import { score as given } from "../thread";
import { beginAgain, expert, goOn, mayReopen, offered, rate, thread } from "../talk";
import { say } from "../words";
import { Problem } from "./Problem";
import { useAsk } from "./useAsk";

const SCORES = [1, 2, 3, 4, 5];

/** `score`: what is lit now; 0 for nothing. `thanked`: it was sent. */
function Rating({ score, thanked }: { score: Signal<number>; thanked: Signal<boolean> }) {
  const { busy, problem, ask } = useAsk();
  const before = given(thread.value.messages);
  const comment = useSignal("");
  const messages = thread.value.messages;
  if (thanked.value) return <p role="status">{say("thanks")}</p>;
  if (!offered.value?.ratings || !messages.some(({ author }) => author.kind === "expert")) return null;
  return (
    <form class="rating" onSubmit={(event) => {
      event.preventDefault();
      void ask(async () => {
        await rate(score.value, comment.value.trim());
        thanked.value = true;
      });
    }}>
      <fieldset class="choice stars">
        <legend>{say("howWasIt", { expert: expert.value || say("someone") })}</legend>
        {SCORES.map((n) => (
          <label key={n} class={n <= score.value ? "lit" : ""}>
            <input type="radio" name="score" class="aside" checked={score.value === n} onChange={() => (score.value = n)} />
            <span aria-hidden="true">{n <= score.value ? "★" : "☆"}</span>
            <span class="aside">{say(`score.${n as 1 | 2 | 3 | 4 | 5}`)}</span>
          </label>
        ))}
      </fieldset>
      {!!before && score.value === before && <p class="soft">{say("gaveScore", { score: before })}</p>}
      {!!score.value && score.value !== before && (
        <>
          <p class="soft" aria-hidden="true">{say(`score.${score.value as 1 | 2 | 3 | 4 | 5}`)}</p>
          <label class="field">
            <span>{say("comment")} <span class="soft">({say("optional")})</span></span>
            <textarea rows={2} maxLength={2000} value={comment.value} onInput={(event) => (comment.value = event.currentTarget.value)} />
          </label>
          <p class="buttons"><button type="submit" class="main" disabled={busy}>{say("rate")}</button></p>
        </>
      )}
      <Problem>{problem}</Problem>
    </form>
  );
}

export function Ended() {
  const again = mayReopen();
  const before = given(thread.value.messages);
  const score = useSignal(before);
  const thanked = useSignal(false);
  // Given in another tab: it stands here, too, unless something else was chosen meanwhile.
  const last = useRef(before);
  useEffect(() => {
    if (score.peek() === last.current) score.value = before;
    last.current = before;
  }, [before]);
  // One thing at a time: while a rating waits to be sent nothing else asks as loudly.
  const rating = !thanked.value && score.value !== before;
  const loud = rating ? "" : "main";
  return (
    <section class="ended" aria-label={say("closed")}>
      <p>{say("closed")}</p>
      <Rating score={score} thanked={thanked} />
      <p class="buttons">
        {again && <button type="button" class={loud} disabled={line.value !== "on"} onClick={() => void goOn()}>{say("writeAgain")}</button>}
        <button type="button" class={again ? "plain" : loud} disabled={line.value !== "on"} onClick={beginAgain}>{say("newConversation")}</button>
      </p>
    </section>
  );
}
