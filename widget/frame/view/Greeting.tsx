// The first words of an empty conversation: by name where we know them, and who helped them before.

import { agreed, show } from "../callback";
import { before, expert, goOn, greeting, thread } from "../talk";
import { say, sayMonth, welcome } from "../words";
import { Agreed } from "./Callback";
import { Search } from "./Articles";

export function Greeting() {
  const { name, expert: helper, since, here } = greeting.value ?? { name: "", expert: null, since: null, here: false };
  if (thread.value.messages.length || thread.value.unsent.length) return null;
  return (
    <div class="greeting">
      {name && <p><strong>{say("helloName", { name })}</strong></p>}
      {helper && since && <p>{say(here ? "helperHere" : "helperAway", { expert: helper, month: sayMonth(since) })}</p>}
      <p class="words">{welcome()}</p>
      {before.value && (
        <p class="buttons">
          <button type="button" onClick={() => void goOn(before.value!.conversation)}>
            {say("goOnWith", { expert: before.value.expert || expert.value || say("someone") })}
          </button>
        </p>
      )}
      <Search />
      {agreed.value ? <Agreed /> : <p class="buttons"><button type="button" class="plain" onClick={() => show()}>{say("callMe")}</button></p>}
    </div>
  );
}
