// What the shop lays before the visitor without a conversation: information, offers, order forms.
// It is state: the server gives it again on every connect, until it is answered or put away.

import { computed, signal } from "@preact/signals";
import type { Contact, InfoShown, Line, Message, Money, OfferShown, OfferState, OrderFormShown } from "../wire";
import { recall, remember } from "./memory";
import { chosen, type Draft, draft } from "./order";
import { command, type Heard, mention, Refused } from "./line";

export type Card =
  | ({ kind: "info" } & InfoShown)
  | ({ kind: "offer" } & OfferShown)
  | ({ kind: "order_form" } & OrderFormShown);

/** What we know of an order that came from a form. */
export interface Placed {
  order: string;
  total: Money;
  number: string;
  status?: string;
}

const all = signal<Card[]>([]);
/** Newest first. What belongs to a conversation is shown there. */
export const cards = computed(() => all.value.filter((card) => !card.conversation));

/** Answers to offers given here, before the server's own state arrives. */
export const answers = signal<Record<string, OfferState>>({});
export const placed = signal<Record<string, Placed>>(recall("placed") ?? {});
/** Forms half filled in survive a reload. */
export const drafts = signal<Record<string, Draft>>(recall("drafts") ?? {});

/** The offer or form whose card in a conversation is over: the message that shows it stands otherwise now. */
export const turned = signal({ ref: "" });

const lay = (card: Card) => (all.value = [card, ...all.value.filter((other) => other.card !== card.card)]);

export function putAway(card: string): void {
  all.value = all.value.filter((other) => other.card !== card);
  mention("card.dismiss", { card });
}

export const offerState = (offer: string, state: OfferState, expires_at: string, now = Date.now()): OfferState => {
  const answered = answers.value[offer] ?? state;
  return answered === "open" && Date.parse(expires_at) <= now ? "expired" : answered;
};

/** Throws what `command` throws. */
export async function answerOffer(offer: string, answer: "accept" | "decline"): Promise<void> {
  await command("offer.answer", { offer, answer });
  answers.value = { ...answers.value, [offer]: answer === "accept" ? "accepted" : "declined" };
  // Accepted: the order form with the offered price follows and takes its place.
  all.value = all.value.filter((card) => !(card.kind === "offer" && card.offer === offer));
}

/** The draft of a form; `lines` fill a new one. */
export const draftOf = (form: string, lines: Line[]): Draft =>
  drafts.value[form] ?? draft(crypto.randomUUID(), lines, recall<Contact>("contact") ?? undefined);

export function keepDraft(form: string, changed: Draft): void {
  drafts.value = { ...drafts.value, [form]: changed };
  // Whoever gets another form meanwhile does not write it all again.
  remember("contact", changed.contact);
  remember("drafts", drafts.value);
}

/** Forms whose order is placed or on its way. */
const sent = new Set<string>(Object.keys(placed.value));

/** Throws what `command` throws. The same client_id goes with every try. */
export async function submit(form: string, lines: Line[], { client_id, quantities, contact }: Draft): Promise<void> {
  sent.add(form);
  try {
    const { order, total, number } = await command("order.submit", {
      form,
      client_id,
      lines: chosen(lines, quantities),
      contact,
    });
    note(form, { order, total, number });
  } catch (problem) {
    if (problem instanceof Refused) sent.delete(form);
    throw problem;
  }
}

function note(form: string, what: Placed): void {
  placed.value = { ...placed.value, [form]: what };
  remember("placed", placed.value);
}

/** The conversation tells that an offer was answered, here or in another tab. */
export function heed({ kind, data }: Message): void {
  const { name, offer } = (data ?? {}) as { name?: string; offer?: string };
  const state = /^offer\.(accepted|declined)$/.exec(name ?? "")?.[1] as OfferState | undefined;
  if (kind === "event" && offer && state && answers.value[offer] !== state)
    answers.value = { ...answers.value, [offer]: state };
}

export const events: Heard = {
  "info.shown": (shown) => lay({ kind: "info", ...shown }),
  "offer.shown": (shown) => lay({ kind: "offer", ...shown }),
  "order_form.shown": (shown) => lay({ kind: "order_form", ...shown }),
  "card.gone"({ card }) {
    const gone = all.value.find((one) => one.card === card);
    if (gone?.conversation) turned.value = { ref: gone.kind === "offer" ? gone.offer : gone.kind === "order_form" ? gone.form : "" };
    // A form that was just used stays until it is put away: it shows that the order is placed.
    all.value = all.value.filter((one) => one.card !== card || (one.kind === "order_form" && sent.has(one.form)));
  },
  "order.updated"({ order, number, status, total }) {
    for (const [form, known] of Object.entries(placed.value))
      if (known.order === order) note(form, { ...known, number, status, total });
  },
};
