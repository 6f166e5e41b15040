// A button that asks the server: busy while it asks, the server's sentence beside it when it says no.

import { useSignal } from "@preact/signals";
import { Refused } from "../line";
import { say } from "../words";

/** Which field the server's "no" is about; "" for none. */
type About = (code: string) => string;

export function useAsk() {
  const busy = useSignal(false);
  const problem = useSignal("");
  /** Which field the sentence is about; "" for none. */
  const field = useSignal("");

  /** What is fetched to be shown: nobody asked for anything yet. */
  async function load(what: () => Promise<unknown>, about?: About) {
    if (busy.value) return;
    busy.value = true;
    problem.value = "";
    field.value = "";
    try {
      await what();
    } catch (failure) {
      problem.value = failure instanceof Refused ? failure.message : say("unanswered");
      field.value = (failure instanceof Refused && about?.(failure.refusal.code)) || "";
    } finally {
      busy.value = false;
    }
  }

  return {
    busy: busy.value,
    problem: problem.value,
    field: field.value,
    complain(sentence: string, about = "") {
      problem.value = sentence;
      field.value = about;
    },
    load,
    /** What a person wants done. A page that makes us too small to be read makes a click say nothing. */
    async ask(what: () => Promise<unknown>, about?: About) {
      if (innerWidth < 200 || innerHeight < 80) problem.value = say("tooSmall");
      else await load(what, about);
    },
  };
}
