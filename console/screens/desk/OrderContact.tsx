// Is the contact of an order right? Whoever has seen that says so here, and from then on it proves who somebody is.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { confirm, confirmed, orderOf, type Right } from "../../live/confirming";
import { codeOf, detailOf } from "../../live/http";
import { mine } from "../../live/value";
import { errorText, t, type Key } from "../../text/text";
import type { Order } from "../../wire";

const WAYS = ["email", "phone"] as const;

export function OrderContact({ order, confirmedAt }: { order: string; confirmedAt: string | null }) {
  const [shown, setShown] = useState<Order | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const done = useRef<HTMLParagraphElement>(null);
  const [said, setSaid] = useState(false);
  // The button is gone with the form: who pressed it reads what became of it.
  useEffect(() => { if (said) done.current?.focus(); }, [said]);
  const attempt = async (what: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await what();
    } catch (error) {
      setProblem(errorText(codeOf(error), detailOf(error)));
    }
    setBusy(false);
  };
  if (confirmedAt || confirmed.value.has(order) || shown?.confirmed_at) return <p class="contact-right small" tabIndex={-1} ref={done}>✓ {t("order.confirmed")}</p>;
  if (!mine.value || mine.value.role === "marketer") return null;
  return (
    <div class="order-contact">
      {shown ? <Contact order={shown} busy={busy} leave={() => setShown(null)} say={(right) => void attempt(async () => { await confirm(order, right); setSaid(true); })} />
        : <button type="button" class="plain-button" disabled={busy} onClick={() => void attempt(async () => setShown(await orderOf(order)))}>{t("order.confirm")}</button>}
      {problem && <p class="form-error" role="alert">{problem}</p>}
    </div>
  );
}

function Contact({ order, busy, leave, say }: { order: Order; busy: boolean; leave: () => void; say: (right: Right) => void }) {
  const { contact } = order;
  const id = useId();
  const [right, setRight] = useState<Right>({ email: !!contact.email, phone: !!contact.phone });
  const first = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    first.current?.querySelector("input")?.focus({ preventScroll: true });
    first.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <fieldset class="stack" ref={first} aria-describedby={id}>
      <legend class="small soft">{t("order.confirm_which", { name: contact.name ?? "" })}</legend>
      {WAYS.filter((way) => contact[way]).map((way) => (
        <label key={way} class="field is-inline"><input type="checkbox" checked={right[way]} onChange={(event) => setRight({ ...right, [way]: event.currentTarget.checked })} />
          <span>{t(`person.${way}` as Key)}: {contact[way]}</span></label>
      ))}
      {contact.address && <p class="small">{contact.address}</p>}
      <p class="small soft" id={id}>{t("order.confirm_more")}</p>
      <p class="hint-buttons">
        <button type="button" class="main-button" disabled={busy || !(right.email || right.phone)} onClick={() => say(right)}>{t("order.confirm_right")}</button>
        <button type="button" class="quiet" onClick={leave}>{t("order.confirm_not")}</button>
      </p>
    </fieldset>
  );
}
