// The first who answers. Bells ring at experts alone: whoever sets up and answers too gets a second, an expert's, account.
import { useEffect, useRef, useState } from "preact/hooks";
import { codeOf, detailOf, http } from "../../live/http";
import { Code } from "../../parts/Code";
import { errorText, t } from "../../text/text";
import type { Expert, Me, Site, TopicLevel } from "../../wire";
import { Field, firstWrong } from "../site/knowledge/Field";
import { tongueOf } from "../site/knowledge/tongues";
import { Knows } from "../team/Knows";
import { isEmail } from "./First";
import { besides, madePassword, newcomer } from "./newcomer";

type Who = "other" | "myself";
interface Draft { name: string; email: string; password: string; topics: Required<TopicLevel>[] }
const PASSWORD = 8;
const blank = (): Draft => ({ name: "", email: "", password: madePassword(), topics: [] });

/** `some`: how many there are already. */
export function FirstExpert({ me, site, some, onGo, onMade }: { me: Me; site: Site; some: number; onGo: () => void; onMade: () => void }) {
  const [who, setWho] = useState<Who>("other");
  const [draft, setDraft] = useState(blank);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ code: string; text: string } | null>(null);
  const [more, setMore] = useState(false);
  const told = useRef<HTMLParagraphElement>(null);
  const made = newcomer.value;
  useEffect(() => { if (made) told.current?.focus(); }, [made?.email, some]);
  const set = (over: Partial<Draft>) => { setRefused(null); setDraft({ ...draft, ...over }); };
  const choose = (to: Who) => {
    setWho(to);
    setTried(false);
    set(to === "myself" ? { name: me.name, email: besides(me.email), password: "" } : blank());
  };
  const wrong = { name: !draft.name.trim(), email: !isEmail(draft.email), password: draft.password.length < PASSWORD };
  const taken = refused?.code === "exists";
  const make = async (form: HTMLFormElement) => {
    setTried(true);
    if (Object.values(wrong).some(Boolean)) return firstWrong(form);
    setBusy(true);
    try {
      const body = { name: draft.name.trim(), email: draft.email.trim(), password: draft.password, topics: draft.topics, sites: [site.id], languages: [tongueOf(site.language)], role: "expert" };
      await http<Expert>("POST", "/api/experts", body);
      newcomer.value = { name: body.name, email: body.email, password: body.password, myself: who === "myself" };
      setTried(false);
      setMore(false);
      setWho("other");
      setDraft(blank());
      onMade();
      if (who === "myself") onGo();
    } catch (error) {
      setRefused({ code: codeOf(error), text: errorText(codeOf(error), detailOf(error)) });
      if (codeOf(error) === "exists") firstWrong(form);
    }
    setBusy(false);
  };
  const go = <button type="button" class={some > 0 ? "main-button" : "quiet"} onClick={onGo}>{t(some > 0 ? "start.go_on" : "start.later")}</button>;
  if (some > 0 && !more) {
    return (
      <>
        {made && !made.myself ? (
          <div class="sheet stack">
            <p ref={told} tabIndex={-1}><strong>{t("start.made", { name: made.name })}</strong> {t("start.hand_over")}</p>
            <Code text={t("start.invitation", { address: `${location.origin}/console/`, email: made.email, password: made.password })} label={t("start.invitation_label")} />
          </div>
        ) : <p>{t("start.answers")} <a href="#/team">{t("nav.team")}</a></p>}
        <div class="rules-foot"><button type="button" class="quiet" onClick={() => setMore(true)}>+ {t("start.one_more")}</button>{go}</div>
      </>
    );
  }
  return (
    <form class="sheet stack" noValidate onSubmit={(event) => { event.preventDefault(); void make(event.currentTarget); }}>
      <fieldset class="stack">
        <legend class="unseen">{t("start.who")}</legend>
        {(["other", "myself"] as const).map((one) => (
          <label class="check talk-choice" key={one}><input type="radio" name="who" checked={who === one} onChange={() => choose(one)} /><span>{t(`start.who_${one}`)}<br /><span class="soft small">{t(`start.about_${one}`)}</span></span></label>
        ))}
      </fieldset>
      <Field label={t("member.name")} more={t("start.name_more")} wrong={tried && wrong.name ? t("setup.name_wrong") : null}>
        {(at) => <input {...at} type="text" maxLength={200} autocomplete="off" value={draft.name} onInput={(event) => set({ name: event.currentTarget.value })} />}
      </Field>
      <Field label={t("member.email")} more={t(`start.email_${who}`)} wrong={taken ? t("member.taken") : tried && wrong.email ? t("setup.email_wrong") : null}>
        {(at) => <input {...at} type="email" maxLength={254} autocomplete="off" value={draft.email} onInput={(event) => set({ email: event.currentTarget.value })} />}
      </Field>
      <Field label={t("member.password")} more={t(who === "myself" ? "setup.password_more" : "start.password_other")} wrong={tried && wrong.password ? t("setup.password_more") : null}>
        {(at) => (who === "myself"
          ? <input {...at} type="password" maxLength={1024} autocomplete="new-password" value={draft.password} onInput={(event) => set({ password: event.currentTarget.value })} />
          : <input {...at} type="text" maxLength={1024} autocomplete="off" spellcheck={false} value={draft.password} onInput={(event) => set({ password: event.currentTarget.value })} />)}
      </Field>
      <div class="stack"><h3>{t("member.topics")}</h3><p class="soft small">{t("start.topics")}</p><Knows calm value={draft.topics} onChange={(topics) => set({ topics })} /></div>
      {refused && !taken && <p class="form-error" role="alert">{refused.text}</p>}
      <div class="rules-foot">{go}<button type="submit" class={some > 0 ? "plain-button" : "main-button"} disabled={busy}>{t("start.make_expert")}</button></div>
    </form>
  );
}
