// A conversation that this desk does not hold: asked for, shown, and taken by writing where it is nobody's.
import type { Conversation } from "../wire";
import { codeOf, detailOf, http } from "./http";
import { say } from "./notes";
import { select } from "./selection";
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
