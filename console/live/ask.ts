// A question to the server whose answer a screen shows: loading, answer or sentence. Old answers stay while new ones load.
import { useEffect, useState } from "preact/hooks";
import { errorText } from "../text/text";
import { codeOf, detailOf } from "./http";

export interface Answer<T> { value: T | null; busy: boolean; problem: string | null; again: () => void }

export function useAnswer<T>(key: string | null, ask: () => Promise<T>): Answer<T> {
  const [state, setState] = useState<{ value: T | null; busy: boolean; problem: string | null }>({ value: null, busy: true, problem: null });
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (key === null) return;
    let mine = true;
    setState((old) => ({ ...old, busy: true }));
    ask().then(
      (value) => mine && setState({ value, busy: false, problem: null }),
      (error: unknown) => mine && setState((old) => ({ ...old, busy: false, problem: errorText(codeOf(error), detailOf(error)) })),
    );
    return () => { mine = false; };
  }, [key, round]);
  return { ...state, again: () => setRound(round + 1) };
}
