// Why something did not arrive, and what is told, in the reader's words.
import { t, word } from "../../../text/text";

/** "status:500", "timeout": as the server writes it. */
export function why(error: string): string {
  const [name = "", code = ""] = error.split(":");
  return word("hooks.why", name).replace("{code}", code);
}
/** The word in the brackets at the end of a refusal. */
export function refusedFor(detail: string | undefined): string | null {
  const said = /\((\w+)\)$/.exec(detail ?? "")?.[1];
  return said ? why(said) : null;
}
export const eventName = (event: string): string => (event === "test" ? t("hooks.test_event") : word("hooks.event", event));
