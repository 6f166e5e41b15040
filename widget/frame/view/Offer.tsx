// A personal offer: one product at one price until a time. Answered once.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Money, OfferState } from "../../wire";
import { answerOffer, offerState } from "../cards";
import { moment, money } from "../format";
import { say } from "../words";
import { Problem } from "./Problem";
import { useAsk } from "./useAsk";
import { Words } from "./Words";

export interface OfferData {
  offer: string;
  product: { id: string; name: string; price?: Money };
  price: Money;
  /** The most pieces at this price. */
  quantity?: number;
  expires_at: string;
  state?: OfferState;
  text?: string | null;
}

export function Offer({ offer, product, price, quantity, expires_at, state = "open", text }: OfferData) {
  const { busy, problem, ask } = useAsk();
  const tick = useSignal(0);
  const now = offerState(offer, state, expires_at, Date.now() + 0 * tick.value);
  useEffect(() => {
    const left = Date.parse(expires_at) - Date.now();
    if (!(left > 0 && left < 2 ** 31)) return;
    const timer = setTimeout(() => tick.value++, left + 50);
    return () => clearTimeout(timer);
  }, [expires_at]);
  const usual = product.price && product.price.amount !== price.amount ? product.price : null;

  return (
    <div class="offer">
      <p class="kicker">{say("offer")}</p>
      <h2>{product.name}</h2>
      {text && <Words>{text}</Words>}
      <p class="price">
        <strong>{money(price)}</strong>
        {usual && <span class="soft"> {say("insteadOf", { price: money(usual) })}</span>}
        {quantity && <span class="soft until"> {say("upTo", { n: quantity })}</span>}
        {now === "open" && <span class="soft until"> {say("until", { time: moment(expires_at) })}</span>}
      </p>
      {now === "open" ? (
        <p class="buttons">
          <button type="button" class="main" disabled={busy} onClick={() => ask(() => answerOffer(offer, "accept"))}>
            {say("accept")}
          </button>
          <button type="button" disabled={busy} onClick={() => ask(() => answerOffer(offer, "decline"))}>
            {say("decline")}
          </button>
        </p>
      ) : (
        <p class={`state ${now}`}>
          {say(now === "accepted" ? "offerAccepted" : now === "declined" ? "offerDeclined" : "offerExpired")}
        </p>
      )}
      <Problem>{problem}</Problem>
    </div>
  );
}
