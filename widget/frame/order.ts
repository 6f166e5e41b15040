// An order form while it is filled in. The prices are the server's; the sum here is only a preview of its sum.

import type { Contact, Line, Money } from "../wire";
import type { Word } from "./words";

export interface Draft {
  /** Sent with every try: the order is placed once, however often we ask. */
  client_id: string;
  quantities: Record<string, number>;
  contact: Contact;
}

export const MOST = 99;

export const draft = (client_id: string, lines: Line[], contact?: Contact): Draft => ({
  client_id,
  quantities: Object.fromEntries(lines.map((line) => [line.product, 1])),
  contact: contact ?? { name: "", email: "", phone: "", address: "" },
});

/** A whole number from 0 to MOST, whatever was typed. */
export const quantity = (typed: unknown): number => Math.max(0, Math.min(MOST, Math.floor(Number(typed) || 0)));

/** The sum by the server's prices, or null when the currencies differ. */
export function preview(lines: Line[], quantities: Record<string, number>): Money | null {
  const currency = lines[0]?.price.currency;
  if (!currency || lines.some((line) => line.price.currency !== currency)) return null;
  return {
    amount: lines.reduce((sum, line) => sum + line.price.amount * quantity(quantities[line.product]), 0),
    currency,
  };
}

/** What is sent: products and quantities, never a price. */
export const chosen = (lines: Line[], quantities: Record<string, number>) =>
  lines
    .map(({ product }) => ({ product, quantity: quantity(quantities[product]) }))
    .filter((line) => line.quantity > 0);

/** What is missing before it is worth asking the server, and at which field. */
export function missing(lines: Line[], { quantities, contact }: Draft): { field: string; word: Word; most?: number } | null {
  if (!chosen(lines, quantities).length) return { field: "lines", word: "nothingChosen" };
  const over = lines.find(({ product, most }) => quantity(quantities[product]) > (most ?? MOST));
  if (over) return { field: "lines", word: "tooManyPieces", most: over.most };
  if (!contact.name.trim()) return { field: "name", word: "missingName" };
  if (!contact.email.trim() && !contact.phone.trim()) return { field: "email", word: "missingContact" };
  // Only what cannot be one; the rest is the server's to say.
  if (contact.email.trim() && !/^\S+@\S+$/.test(contact.email.trim())) return { field: "email", word: "badEmail" };
  if (contact.phone.trim() && !/\d/.test(contact.phone)) return { field: "phone", word: "badPhone" };
  return null;
}
