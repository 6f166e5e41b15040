// Who was just given an account here, with the password while this page lives: it is told once, and stored nowhere.
import { signal } from "@preact/signals";

export interface Newcomer { name: string; email: string; password: string; myself: boolean }
export const newcomer = signal<Newcomer | null>(null);

const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
/** Sixteen letters that nobody mixes up, in fours: 79 bits. */
export function madePassword(): string {
  const letters = [...crypto.getRandomValues(new Uint32Array(16))].map((one) => LETTERS[one % LETTERS.length]);
  return [0, 4, 8, 12].map((at) => letters.slice(at, at + 4).join("")).join("-");
}
/** "olga@shop.example" -> "olga+desk@shop.example": most mail servers bring both into one box. */
export const besides = (email: string): string => email.replace(/(\+[^@]*)?@/, "+desk@");
