// One message of the conversation, by its kind.

import type { Message, Slot } from "../../wire";
import { agreed } from "../callback";
import { onlyEmoji } from "../emoji";
import { newestForm } from "../forms";
import { clock } from "../format";
import { happened } from "../thread";
import { say, sayEvent } from "../words";
import { Passages } from "./Articles";
import { File, type FileData } from "./File";
import { ChangeOrCancel, promised, Times } from "./Callback";
import { Confirmation, type Confirmed } from "./Confirmation";
import { Info, type InfoData } from "./Info";
import { Offer, type OfferData } from "./Offer";
import { OrderForm, type OrderFormData } from "./OrderForm";
import { Words } from "./Words";

function Thing({ kind, data }: { kind: Message["kind"]; data: unknown }) {
  if (kind === "info") return <Info {...(data as InfoData)} />;
  if (kind === "offer") return <Offer {...(data as OfferData)} />;
  if (kind === "order_form") return <OrderForm {...(data as OrderFormData)} brief replaced={(data as OrderFormData).form !== newestForm.value} />;
  if (kind === "file") return <File {...(data as FileData)} />;
  if (kind === "articles") return <Passages {...(data as { articles: [] })} />;
  return <Confirmation {...(data as Confirmed)} />;
}

/** The words that invited: the first that are read. */
export function Invitation({ name, text }: { name: string; text: string }) {
  return (
    <li class="theirs">
      <span class="author">{name || say("someone")}</span>
      <Words as="balloon">{text || say("invitation")}</Words>
    </li>
  );
}

/** `answer`: it is to be seen from its beginning. */
export function Said({ message, first, state, answer }: { message: Message; first: boolean; state?: string; answer?: boolean }) {
  const { author, kind, text, at, data } = message;
  // What was agreed is told below: there is nothing left to choose.
  if (happened(message) === "night.slots")
    return promised.value ? null : <li class="theirs"><div class="card"><Times slots={(data as { slots?: Slot[] }).slots ?? []} /></div></li>;
  if (kind === "event")
    return (
      <li class="event">
        {sayEvent(text, data).replace(/\.$/, "")}{"\u00a0"}· <time dateTime={at}>{clock(at)}</time>
        {promised.value === message.seq && agreed.value && <> <ChangeOrCancel /></>}
      </li>
    );
  const mine = author.kind === "visitor";
  const thing = kind !== "text" && data;
  return (
    <li class={mine ? "mine" : "theirs"} data-answer={answer ? "" : undefined}>
      {first && (mine || author.name) && <span class={mine ? "aside" : "author"}>{mine ? say("you") : author.name}</span>}
      {thing ? (
        <div class="card">
          {kind === "articles" && <p class="kicker">{say("fromArticles")}</p>}
          <Thing kind={kind} data={data} />
        </div>
      ) : (
        <Words as={onlyEmoji(text) ? "balloon big" : "balloon"}>{text}</Words>
      )}
      <span class="below"><time dateTime={at}>{clock(at)}</time>{state && ` · ${state}`}</span>
    </li>
  );
}
