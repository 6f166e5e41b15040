// The contact of an order, and the word of this house that it is right.
import { signal } from "@preact/signals";
import type { Order } from "../wire";
import { http } from "./http";

/** Orders whose contact was confirmed here: their cards say so before the server's own word comes. */
export const confirmed = signal<ReadonlySet<string>>(new Set());

export interface Right { email: boolean; phone: boolean }

export const orderOf = (order: string): Promise<Order> => http("GET", `/api/orders/${order}`);
export async function confirm(order: string, right: Right): Promise<void> {
  await http("POST", `/api/orders/${order}/confirm`, right);
  confirmed.value = new Set(confirmed.value).add(order);
}
