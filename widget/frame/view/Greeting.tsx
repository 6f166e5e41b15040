// The first words of an empty conversation: by name where we know them, and who helped them before.

import { agreed, show } from "../callback";
import { away, before, expert, goOn, greeting, offered, thread } from "../talk";
import { say, sayAway, sayMonth, welcome } from "../words";
import { Agreed } from "./Callback";
import { Search } from "./Articles";

export function Greeting() {
  const { name, expert: helper, since, here } = greeting.value ?? { name: "", expert: null, since: null, here: false };
  if (thread.value.messages.length || thread.value.unsent.length) return null;
  const words = welcome(!!offered.value && !away.value);
  return (
    <div class="greeting">
      {name && <p><strong>{say("helloName", { name })}</strong></p>}
      {helper && since && <p>{say(here ? "helperHere" : "helperAway", { expert: helper, month: sayMonth(since) })}</p>}
      {words && <p class="words">{words}</p>}
      {away.value && <p>{sayAway(away.value)}</p>}
      {before.value && (
        <p class="buttons">
          <button type="button" onClick={() => void goOn(before.value!.conversation)}>
            {say("goOnWith", { expert: before.value.expert || expert.value || say("someone") })}
          </button>
        </p>
      )}
      <Search />
      <Agreed led />
      {agreed.value?.state !== "open" && <p class="buttons"><button type="button" class="plain" onClick={() => show()}>{say("callMe")}</button></p>}
    </div>
  );
}
