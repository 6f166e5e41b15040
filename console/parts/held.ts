// Nothing moves under the hand: while the pointer is over a list, its order stays; new things come last.
import { useRef, useState } from "preact/hooks";
import { holdOrder } from "../state/desk";

export function useHeld<T extends { id: string }>(fresh: readonly T[]): { items: readonly T[]; hold: object } {
  const [held, setHeld] = useState(false);
  const order = useRef<string[]>([]);
  const items = held ? holdOrder(order.current, fresh) : fresh;
  order.current = items.map((one) => one.id);
  return {
    items,
    hold: { onPointerEnter: () => setHeld(true), onPointerLeave: () => setHeld(false) },
  };
}
