// One message of the conversation, by its kind.

import type { Message } from "../../wire";
import { clock } from "../format";
import { say, sayEvent } from "../words";
import { Confirmation, type Confirmed } from "./Confirmation";
import { Info, type InfoData } from "./Info";
import { Offer, type OfferData } from "./Offer";
import { OrderForm, type OrderFormData } from "./OrderForm";
import { Text } from "./Words";

function Thing({ kind, data }: { kind: Message["kind"]; data: unknown }) {
  if (kind === "info") return <Info {...(data as InfoData)} />;
  if (kind === "offer") return <Offer {...(data as OfferData)} />;
  if (kind === "order_form") return <OrderForm {...(data as OrderFormData)} brief />;
  return <Confirmation {...(data as Confirmed)} />;
}

export function Said({ message, first, state }: { message: Message; first: boolean; state?: string }) {
  const { author, kind, text, at, data } = message;
  if (kind === "event")
    return <li class="event">{sayEvent(text, data)} <time dateTime={at}>{clock(at)}</time></li>;
  const mine = author.kind === "visitor";
  const thing = kind !== "text" && data;
  return (
    <li class={mine ? "mine" : "theirs"}>
      {first && (mine || author.name) && <span class={mine ? "aside" : "author"}>{mine ? say("you") : author.name}</span>}
      {thing ? (
        <div class="card"><Thing kind={kind} data={data} /></div>
      ) : (
        <p class="balloon"><Text>{text}</Text></p>
      )}
      <span class="below"><time dateTime={at}>{clock(at)}</time>{state && ` · ${state}`}</span>
    </li>
  );
}
