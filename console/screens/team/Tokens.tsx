// API tokens: what programs sign in with. Made with a name and an end, shown once, seen in use, taken back.
import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { now } from "../../live/clock";
import { codeOf, detailOf, http, list } from "../../live/http";
import { say } from "../../live/notes";
import { Code } from "../../parts/Code";
import { when } from "../../text/format";
import { errorText, t, tn } from "../../text/text";
import type { Token, TokenMade } from "../../wire";

const DAYS = [30, 90, 365, 1095] as const;

export function Tokens() {
  const [round, setRound] = useState(0);
  const [made, setMade] = useState<TokenMade | null>(null);
  const [sure, setSure] = useState<string | null>(null);
  const answer = useAnswer(`tokens/${round}`, () => list<Token>("/api/tokens"));
  const shown = useRef<HTMLParagraphElement>(null);
  useEffect(() => { if (made) shown.current?.focus(); }, [made?.id]);
  const revoke = async (one: Token) => {
    try {
      await http("DELETE", `/api/tokens/${one.id}`);
      say(t("tokens.revoked", { name: nameOf(one) }), "good");
      if (made?.id === one.id) setMade(null);
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
    setSure(null);
    setRound(round + 1);
  };
  return (
    <section class="stack tokens" aria-labelledby="tokens-title">
      <h2 id="tokens-title" class="unseen">{t("tokens.title")}</h2>
        <p class="soft small">{t("tokens.more")}</p>
        {made && (
          <div class="sheet stack">
            <p ref={shown} tabIndex={-1}><b>{t("tokens.made", { name: made.name })}</b> {t("tokens.once")}</p>
            <Code text={made.token} label={t("tokens.token", { name: made.name })} />
            <p><button type="button" class="quiet" onClick={() => setMade(null)}>{t("tokens.hide")}</button></p>
          </div>
        )}
        <TokenForm onMade={(one) => { setMade(one); setRound(round + 1); }} />
        {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
        {answer.value?.length === 0 && <p class="soft">{t("tokens.none")}</p>}
        <ul class="left-list">
          {answer.value?.map((one) => (
            <li key={one.id}>
              <span><b>{nameOf(one)}</b>{one.current && <span class="good small"> {t("tokens.current")}</span>}<br />
                <span class="soft small">{[one.account.name, one.used_at ? t("tokens.used", { time: when(one.used_at, now.value) }) : t("tokens.unused"), t("tokens.until", { time: when(one.expires_at, now.value) })].join(" · ")}</span></span>
              {sure === one.id ? (
                <span class="member-acts" role="group" aria-label={t("tokens.ask", { name: nameOf(one) })}>
                  <span class="small">{t("tokens.ask", { name: nameOf(one) })}</span>
                  <button type="button" class="plain-button" onClick={() => void revoke(one)}>{t("tokens.yes")}</button>
                  <button type="button" class="quiet" onClick={() => setSure(null)}>{t("member.cancel")}</button>
                </span>
              ) : <button type="button" class="plain-button" onClick={() => setSure(one.id)}>{t("tokens.revoke")}<span class="unseen">: {nameOf(one)}</span></button>}
            </li>
          ))}
        </ul>
    </section>
  );
}

const nameOf = (one: Token): string => one.name || t("tokens.nameless");

function TokenForm({ onMade }: { onMade: (made: TokenMade) => void }) {
  const [name, setName] = useState("");
  const [days, setDays] = useState<number>(90);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    if (!name.trim()) return;
    setBusy(true);
    try {
      onMade(await http<TokenMade>("POST", "/api/tokens", { name: name.trim(), days }));
      setName("");
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
    setBusy(false);
  };
  return (
    <form class="token-form" onSubmit={(event) => { event.preventDefault(); void make(); }}>
      <label class="field"><span>{t("tokens.name")}</span>
        <input type="text" required maxLength={200} autocomplete="off" placeholder={t("tokens.like")} value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
      <label class="field"><span>{t("tokens.lasts")}</span>
        <select value={String(days)} onChange={(event) => setDays(Number(event.currentTarget.value))}>
          {DAYS.map((one) => <option key={one} value={one}>{tn("tokens.days", one)}</option>)}
        </select></label>
      <button type="submit" class="plain-button" disabled={busy}>{t("tokens.make")}</button>
    </form>
  );
}
