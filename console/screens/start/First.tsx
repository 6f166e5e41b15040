// The door while nobody has an account: the one-time code that the server said makes the first administrator. With an
// account it is the door of every day.
import { useState } from "preact/hooks";
import { Bell } from "../../../widget/look/Bell";
import { useAnswer } from "../../live/ask";
import { codeOf, detailOf } from "../../live/http";
import { firstAdministrator, isOpen } from "../../live/setup";
import { LanguageSwitch } from "../../parts/LanguageSwitch";
import { setupCode } from "../../parts/route";
import { errorText, t } from "../../text/text";
import { Field, firstWrong } from "../site/knowledge/Field";
import { SignIn } from "../SignIn";

const PASSWORD = 8;
export const isEmail = (typed: string): boolean => /^[^@\s]+@[^@\s]+$/.test(typed.trim());
/** The code alone, or the whole address with it at its end. */
export const codeIn = (typed: string): string => typed.trim().split("/").at(-1)!;

/** `ended`: somebody was signed in here until now, so there is an account. */
export function Door({ ended }: { ended: boolean }) {
  const [over, setOver] = useState(false);
  const answer = useAnswer(ended ? null : "setup", isOpen);
  if (ended || over || answer.value === false) return <SignIn ended={ended} />;
  if (answer.value === null) return <main class="waiting" aria-busy="true"><h1><Bell size={48} title="Shopbell" /></h1><p role="status">{t("app.starting")}</p></main>;
  return <First onOver={() => setOver(true)} />;
}

function First({ onOver }: { onOver: () => void }) {
  const [draft, setDraft] = useState({ code: setupCode.value, name: "", email: "", password: "" });
  // Whoever came by the address need not see the code, unless it is not the newest.
  const [given, setGiven] = useState(draft.code !== "");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ code: string; text: string } | null>(null);
  const set = (some: Partial<typeof draft>) => { setRefused(null); setDraft({ ...draft, ...some }); };
  const wrong = { code: !codeIn(draft.code), name: !draft.name.trim(), email: !isEmail(draft.email), password: draft.password.length < PASSWORD };
  const old = refused?.code === "setup_code";
  const make = async (form: HTMLFormElement) => {
    setTried(true);
    if (Object.values(wrong).some(Boolean)) return firstWrong(form);
    setBusy(true);
    try {
      await firstAdministrator(codeIn(draft.code), draft.name.trim(), draft.email.trim(), draft.password);
      history.replaceState(null, "", "#/start");  // the code has done its work: it stays in no history
      setupCode.value = "";
    } catch (error) {
      if (codeOf(error) === "not_found") return onOver();
      if (codeOf(error) === "setup_code") setGiven(false);
      setRefused({ code: codeOf(error), text: errorText(codeOf(error), detailOf(error)) });
      setBusy(false);
      firstWrong(form);
    }
  };
  return (
    <main class="sign-in">
      <form class="sheet first" noValidate onSubmit={(event) => { event.preventDefault(); void make(event.currentTarget); }}>
        <div class="sign-in-mark"><Bell size={40} /></div>
        <h1>{t("setup.title")}</h1>
        <p class="soft">{t("setup.hello")}</p>
        {!given && (
          <Field label={t("setup.code")} more={t("setup.code_more")} wrong={old ? refused!.text : tried && wrong.code ? t("setup.code_wrong") : null}>
            {(at) => <input {...at} type="text" autocomplete="off" autocapitalize="none" spellcheck={false} maxLength={300} value={draft.code} onInput={(event) => set({ code: event.currentTarget.value })} />}
          </Field>
        )}
        <Field label={t("member.name")} more={t("setup.name_more")} wrong={tried && wrong.name ? t("setup.name_wrong") : null}>
          {(at) => <input {...at} type="text" autocomplete="name" maxLength={200} value={draft.name} onInput={(event) => set({ name: event.currentTarget.value })} />}
        </Field>
        <Field label={t("member.email")} more={t("setup.email_more")} wrong={tried && wrong.email ? t("setup.email_wrong") : null}>
          {(at) => <input {...at} type="email" autocomplete="username" maxLength={254} value={draft.email} onInput={(event) => set({ email: event.currentTarget.value })} />}
        </Field>
        <Field label={t("member.password")} more={t("setup.password_more")} wrong={tried && wrong.password ? t("setup.password_more") : null}>
          {(at) => <input {...at} type="password" autocomplete="new-password" maxLength={1024} value={draft.password} onInput={(event) => set({ password: event.currentTarget.value })} />}
        </Field>
        {refused && !old && <p class="form-error" role="alert">{refused.text}</p>}
        <button type="submit" class="main-button" disabled={busy}>{t("setup.make")}</button>
      </form>
      <LanguageSwitch />
    </main>
  );
}
