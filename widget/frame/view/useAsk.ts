// A button that asks the server: busy while it asks, the server's sentence beside it when it says no.

import { useSignal } from "@preact/signals";
import { Refused } from "../line";
import { say } from "../words";

export function useAsk() {
  const busy = useSignal(false);
  const problem = useSignal("");
  return {
    busy: busy.value,
    problem: problem.value,
    complain: (sentence: string) => (problem.value = sentence),
    async ask(what: () => Promise<unknown>) {
      if (busy.value) return;
      // A page that makes us too small to be read makes a click say nothing.
      if (innerWidth < 200 || innerHeight < 80) return void (problem.value = say("tooSmall"));
      busy.value = true;
      problem.value = "";
      try {
        await what();
      } catch (failure) {
        problem.value = failure instanceof Refused ? failure.message : say("unanswered");
      } finally {
        busy.value = false;
      }
    },
  };
}
