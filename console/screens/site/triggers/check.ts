// While somebody writes, the server says what is odd about it: asked when the hand rests, answered at the place it concerns.
import { useEffect, useState } from "preact/hooks";
import { http } from "../../../live/http";
import { language } from "../../../text/text";
import type { Finding, Findings, TriggerWrite } from "../../../wire";

const REST_MS = 350;

/** null: nothing can be asked yet. Old findings stay until new ones are there; without an answer nothing is claimed. */
export function useCheck(body: TriggerWrite | null): Finding[] {
  const [found, setFound] = useState<Finding[]>([]);
  const key = body && language.value + JSON.stringify(body);
  useEffect(() => {
    if (!body) return setFound([]);
    let mine = true;
    const rest = setTimeout(() => {
      http<Findings>("POST", "/api/triggers/check", body).then(({ items }) => mine && setFound(items), () => mine && setFound([]));
    }, REST_MS);
    return () => { mine = false; clearTimeout(rest); };
  }, [key]);
  return found;
}
