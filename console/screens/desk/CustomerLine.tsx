// A person in one line: tier, owner, orders, last contact; or that we do not know them.
import { now } from "../../live/clock";
import { desk } from "../../live/desk";
import { when } from "../../text/format";
import { t, tn, word } from "../../text/text";
import type { CustomerBrief, Person } from "../../wire";

export function CustomerLine({ customer, returning }: { customer: CustomerBrief | null; returning: boolean }) {
  if (!customer) return <p class="customer-line soft">{t(returning ? "who.returning" : "who.new")}</p>;
  const owner = ownerName(customer.owner);
  const facts = [
    owner && t("customer.owner", { name: owner }),
    customer.orders ? tn("customer.orders", customer.orders) : null,
    customer.last_contact && t("customer.last_contact", { at: when(customer.last_contact, now.value) }),
  ].filter(Boolean);
  return (
    <p class="customer-line soft">
      {customer.tier && customer.tier !== "standard" && <b class="tier">{word("tier", customer.tier)}</b>}
      {facts.length ? facts.join(" · ") : t("customer.known")}
    </p>
  );
}

/** "you" for the one who sits here. */
export function ownerName(owner: Person | null | undefined): string | null {
  if (!owner) return null;
  return owner.id === desk.value?.me.id ? t("who.you") : owner.name;
}
