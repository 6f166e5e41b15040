// A question that is asked again while the page is in front: what changes by itself shows by itself. The next question
// waits for the answer, and longer where the answer took long, so that no server is asked more than it can bear.
import { useEffect, useRef } from "preact/hooks";
import { useAnswer, type Answer } from "./ask";

const SHARE = 9;

export function usePolled<T>(key: string | null, everyMs: number, ask: () => Promise<T>): Answer<T> {
  const took = useRef(0);
  const answer = useAnswer(key, async () => {
    const began = performance.now();
    try {
      return await ask();
    } finally {
      took.current = performance.now() - began;
    }
  });
  useEffect(() => {
    if (answer.busy || key === null) return;
    let timer: ReturnType<typeof setTimeout>;
    const later = () => {
      timer = setTimeout(() => (document.visibilityState === "visible" ? answer.again() : later()), Math.max(everyMs, SHARE * took.current));
    };
    later();
    return () => clearTimeout(timer);
  }, [answer.busy, key]);
  return answer;
}
