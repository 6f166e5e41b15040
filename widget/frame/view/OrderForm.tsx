// The order form: how many of what, for whom, and the order's number when it is placed.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Contact, Line } from "../../wire";
import { aboutPhone } from "../callback";
import { draftOf, drafts, keepDraft, placed, submit } from "../cards";
import { money } from "../format";
import { missing, MOST, preview, quantity } from "../order";
import { say } from "../words";
import { Confirmation } from "./Confirmation";
import { pointed, Problem } from "./Problem";
import { useAsk } from "./useAsk";

export interface OrderFormData {
  form: string;
  lines: Line[];
  state?: "open" | "ordered" | "replaced";
  /** In a conversation the order is a message of its own: here only that it is placed. */
  brief?: boolean;
  /** A newer form stands below. */
  replaced?: boolean;
  /** As a card on the page it begins small: products and sum; the rest when the person wants it. */
  quiet?: boolean;
}

const FIELDS: { name: keyof Contact; type: "text" | "email" | "tel"; auto: "name" | "email" | "tel" | "street-address"; hint?: "eitherOne" | "optional" }[] = [
  { name: "name", type: "text", auto: "name" },
  { name: "email", type: "email", auto: "email" },
  { name: "phone", type: "tel", auto: "tel", hint: "eitherOne" },
  { name: "address", type: "text", auto: "street-address", hint: "optional" },
];

/** A form that was used: what it was for, as far as it is known here; the order itself is told on its own. */
function Used({ form, lines, said }: { form: string; lines: Line[]; said: string }) {
  const wanted = drafts.value[form]?.quantities;
  const names = lines.filter(({ product }) => lines.length === 1 || (wanted && quantity(wanted[product]))).map(({ name }) => name);
  return (
    <div class="order">
      <p class="kicker">{say("orderForm")}</p>
      {names.map((name) => <h2 key={name}>{name}</h2>)}
      <p class="state accepted">{said}</p>
    </div>
  );
}

export function OrderForm({ form, lines, state = "open", brief, replaced, quiet }: OrderFormData) {
  const { busy, problem, field, ask, complain } = useAsk();
  const wanted = useSignal(false);
  const nameField = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (wanted.value) nameField.current?.focus();
  }, [wanted.value]);
  const done = placed.value[form];
  if (done && !brief) return <Confirmation {...done} />;
  if (done || state === "ordered") return <Used form={form} lines={lines} said={say(brief ? "ordered" : "orderPlaced")} />;
  if (replaced || state === "replaced") return <p class="state">{say("formReplaced")}</p>;

  const small = quiet && !wanted.value;
  const draft = draftOf(form, lines);
  const sentence = <Problem id={`${form}-problem`}>{problem}</Problem>;
  const total = preview(lines, draft.quantities);
  const set = (product: string, typed: unknown) =>
    keepDraft(form, { ...draft, quantities: { ...draft.quantities, [product]: quantity(typed) } });

  function fill() {
    wanted.value = true;
  }

  function order(event: Event) {
    event.preventDefault();
    const lacking = missing(lines, draft);
    if (lacking) {
      complain(say(lacking.word, { n: lacking.most ?? 0 }), lacking.field);
      document.getElementById(`${form}-${lacking.field}`)?.focus();
      return;
    }
    // Remembered before it is sent: a reload in between must not make a second order.
    keepDraft(form, draft);
    void ask(() => submit(form, lines, draft), (code) => (code !== "bad_contact" && aboutPhone(code) ? "phone" : ""));
  }

  return (
    <form class="order" onSubmit={order} noValidate>
      <p class="kicker">{say("orderForm")}</p>
      <ul class="lines" id={`${form}-lines`} tabIndex={-1} {...pointed(field === "lines", `${form}-problem`)}>
        {lines.map(({ product, name, price, offer, most }) => {
          const count = quantity(draft.quantities[product]);
          return (
            <li key={product}>
              <span class="what">
                {name} <span class="soft">{money(price)} {say("each")}{offer && `, ${say("upTo", { n: most })}`}</span>
              </span>
              <span class="stepper">
                <button type="button" aria-label={say("less", { name })} disabled={!count}
                  onClick={() => set(product, count - 1)}>−</button>
                <input inputMode="numeric" aria-label={say("quantity", { name })} value={count}
                  onChange={(event) => {
                    set(product, event.currentTarget.value);
                    event.currentTarget.value = String(quantity(event.currentTarget.value));
                  }} />
                <button type="button" aria-label={say("moreOf", { name })} disabled={count >= Math.min(MOST, most ?? MOST)}
                  onClick={() => set(product, count + 1)}>+</button>
              </span>
            </li>
          );
        })}
      </ul>
      {field === "lines" && sentence}
      {!small && FIELDS.map(({ name, type, auto, hint }) => (
        <div key={name}>
        <label class="field">
          <span>{say(name)}{hint && <span class="soft"> ({say(hint)})</span>}</span>
          <input id={`${form}-${name}`} ref={name === "name" ? nameField : undefined} type={type as "text"} name={name} autocomplete={auto} value={draft.contact[name]} {...pointed(field === name, `${form}-problem`)}
            onInput={(event) =>
              keepDraft(form, { ...draft, contact: { ...draft.contact, [name]: event.currentTarget.value } })} />
        </label>
        {field === name && sentence}
        </div>
      ))}
      {total && (
        <p class="total">
          <span>{say("total")}</span> <strong>{money(total)}</strong>
          <span class="soft note">{say("totalNote")}</span>
        </p>
      )}
      <p class="buttons">
        {small ? (
          <button key="fill" type="button" class="main" onClick={fill}>{say("order")}</button>
        ) : (
          <button key="place" type="submit" class="main" disabled={busy}>{say(busy ? "placing" : "placeOrder")}</button>
        )}
      </p>
      {!field && sentence}
    </form>
  );
}
