// The order is placed: its number, its sum as the server computed it, how it stands.

import type { Money, OrderedLine } from "../../wire";
import { money } from "../format";
import { say, sayStatus } from "../words";

export interface Confirmed {
  order: string;
  total: Money;
  number?: string;
  status?: string;
  lines?: OrderedLine[];
}

export function Confirmation({ total, number, status, lines }: Confirmed) {
  return (
    <div class="confirmation" role="status">
      <p class="state accepted">{say("orderPlaced")}</p>
      {number && <h2>{say("orderNumber", { number })}</h2>}
      {lines && (
        <ul class="lines">
          {lines.map((line) => (
            <li key={line.product}>
              <span class="what">{line.quantity} × {line.name}</span>
              <span>{money({ ...line.price, amount: line.price.amount * line.quantity })}</span>
            </li>
          ))}
        </ul>
      )}
      <p class="total"><span>{say("total")}</span> <strong>{money(total)}</strong></p>
      {status && status !== "placed" && <p class="soft">{say("orderStatus", { status: sayStatus(status) })}</p>}
    </div>
  );
}
