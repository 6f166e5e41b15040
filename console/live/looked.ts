// A conversation that this desk does not hold: asked for, shown, and taken by writing where it is nobody's.
import type { Conversation } from "../wire";
import { codeOf, detailOf, http } from "./http";
import { say } from "./notes";
import { select, selection } from "./selection";
import { looked, talkOf } from "./value";
import { errorText } from "../text/text";

export const askTalk = (id: string): Promise<Conversation> => http<Conversation>("GET", `/api/conversations/${id}`);

/** Shows it, wherever it is. What was asked for before is asked anew: nobody tells this desk of a colleague's. */
export async function openTalk(id: string): Promise<void> {
  if (!talkOf(id) || looked.peek().has(id)) {
    try {
      looked.value = new Map(looked.peek()).set(id, await askTalk(id));
    } catch (error) {
      return say(errorText(codeOf(error), detailOf(error)), "bad");
    }
  }
  select("conversation", id, "talk");
}

/** News of one that was looked at: how it stood before is nobody's to believe any more, also when it leaves this desk. */
export function seeAgain(conversation: Conversation): void {
  const before = looked.peek().get(conversation.id);
  if (before && before.last_seq <= conversation.last_seq) looked.value = new Map(looked.peek()).set(conversation.id, conversation);
}
/** After a time in which nothing was heard: the one that stands open is asked for anew. */
export async function lookAgain(): Promise<void> {
  const chosen = selection.peek();
  if (chosen?.kind !== "conversation" || !looked.peek().has(chosen.id)) return;
  const conversation = await askTalk(chosen.id).catch(() => null);
  if (conversation) seeAgain(conversation);
}
