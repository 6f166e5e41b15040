// The same person? Folded away until somebody wonders: whom they were made of, and a search for who they also are.
import { useEffect, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { now } from "../../live/clock";
import { codeOf, detailOf } from "../../live/http";
import { say } from "../../live/notes";
import { findPeople, merge, mergesOf, type Pair, undo } from "../../live/same";
import { when } from "../../text/format";
import { errorText, t, tn, word } from "../../text/text";
import type { Customer, Merge } from "../../wire";

export interface Someone { id: string | null; name: string; since: string | null; visit: string | null; site: string | null }
const PATIENCE = 300;

/** `changed` is called when who this is has changed. */
export function SamePerson({ who, changed }: { who: Someone; changed: () => void }) {
  const past = useAnswer(who.id, () => mergesOf(who.id!));
  const merges = who.id ? (past.value ?? []) : [];
  const inForce = merges.filter((one) => !one.undone_at);
  const apart = async (one: Merge) => {
    try {
      await undo(one.id);
      say(t("same.undone"), "good");
      past.again();
      changed();
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
  };
  return (
    <details class="fold same">
      <summary>
        {t(who.id ? "same.title" : "same.who")} {inForce.length > 0 && <span class="soft">{tn("same.made_of", inForce.length)}</span>}
      </summary>
      {merges.length > 0 && (
        <ul class="same-list">
          {merges.map((one) => (
            <li key={one.id} class={one.undone_at ? "soft" : ""}>
              <span class="same-who">
                {(one.gone.id === who.id ? one.kept : one.gone).name || t("same.stranger")}
                <span class="soft small">{story(one)}</span>
              </span>
              {!one.undone_at && (
                <button type="button" class="plain-button" onClick={() => void apart(one)}
                  aria-label={t("same.undo_who", { who: one.gone.name || t("same.stranger") })}>{t("same.undo")}</button>
              )}
            </li>
          ))}
        </ul>
      )}
      <Search who={who} done={() => { past.again(); changed(); }} />
    </details>
  );
}

/** "signed in, 3 days ago", "Anna, today: called and said so", "told apart by Anna, today". */
function story(one: Merge): string {
  if (one.undone_at) return t("same.apart", { who: one.undone_by?.name ?? "", at: when(one.undone_at, now.value) });
  const by = one.proof === "token" ? word("proof", "token") : `${word("proof", one.proof)}, ${one.by?.name ?? ""}`;
  return `${by}, ${when(one.at, now.value)}${one.reason ? `: ${one.reason}` : ""}`;
}

function Search({ who, done }: { who: Someone; done: () => void }) {
  const [words, setWords] = useState("");
  const [found, setFound] = useState<Customer[] | null>(null);
  const [chosen, setChosen] = useState<Customer | null>(null);
  useEffect(() => {
    setChosen(null);
    if (words.trim().length < 2) return setFound(null);
    let mine = true;
    const wait = setTimeout(() => {
      findPeople(who.site, words.trim(), who.id).then((people) => mine && setFound(people), () => mine && setFound([]));
    }, PATIENCE);
    return () => { mine = false; clearTimeout(wait); };
  }, [words, who.id]);
  return (
    <div class="picker">
      <input class="find" type="search" placeholder={t("same.find")} aria-label={t("same.find")} value={words}
        onInput={(event) => setWords(event.currentTarget.value)} />
      {chosen ? (
        <Confirm who={who} other={chosen} cancel={() => setChosen(null)} done={() => { setWords(""); setFound(null); setChosen(null); done(); }} />
      ) : found && (
        <ul class="same-list" aria-label={t("same.found")}>
          {found.map((one) => (
            <li key={one.id}>
              <span class="same-who">{one.name}<span class="soft small">{marks(one)}</span></span>
              <button type="button" class="plain-button" onClick={() => setChosen(one)} aria-label={t("same.choose_who", { who: one.name })}>{t("same.choose")}</button>
            </li>
          ))}
        </ul>
      )}
      {found?.length === 0 && <p class="soft">{t("same.nobody")}</p>}
    </div>
  );
}

/** What tells two people of one name apart. */
const marks = (one: Customer): string =>
  [one.emails[0] ?? one.phones[0], one.orders ? tn("customer.orders", one.orders) : null, one.owner && t("customer.owner", { name: one.owner.name })]
    .filter(Boolean).join(" · ");

/** One line before it happens, and one more where both have signed in. Whom we have known longer gives the name. */
function Confirm({ who, other, cancel, done }: { who: Someone; other: Customer; cancel: () => void; done: () => void }) {
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [force, setForce] = useState(false);
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      await merge(pair(who, other), reason.trim(), force);
      say(t("same.done", { who: other.name }), "good");
      done();
    } catch (error) {
      setForce(codeOf(error) === "two_people");
      setProblem(errorText(codeOf(error), detailOf(error)));
      setBusy(false);
    }
  };
  return (
    <form class="same-confirm" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <p>{t("same.ask", { who: who.name, other: other.name })}</p>
      <p class="soft small">{t("same.ask_next")}</p>
      <label class="small">{t("same.reason")} <input type="text" maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} /></label>
      {problem && <p class="form-error" role="alert">{problem}</p>}
      <p class="same-buttons">
        <button type="submit" class="plain-button" disabled={busy}>{t(force ? "same.force" : "same.merge")}</button>
        <button type="button" class="quiet" onClick={cancel}>{t("same.cancel")}</button>
      </p>
    </form>
  );
}

export function pair(who: Someone, other: Customer): Pair {
  if (!who.id) return { kept: other.id, visit: who.visit ?? "" };
  const longer = who.since !== null && who.since <= other.since;
  return longer ? { kept: who.id, from: other.id } : { kept: other.id, from: who.id };
}
