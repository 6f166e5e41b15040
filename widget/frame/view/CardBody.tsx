// One card, by its kind.

import type { Card } from "../cards";
import { Info } from "./Info";
import { Offer } from "./Offer";
import { OrderForm } from "./OrderForm";

export function CardBody({ card, quiet }: { card: Card; quiet?: boolean }) {
  if (card.kind === "info") return <Info key={card.card} {...card} />;
  if (card.kind === "offer") return <Offer key={card.card} {...card} />;
  return <OrderForm key={card.card} {...card} quiet={quiet} />;
}
