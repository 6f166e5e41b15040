// Sitting down at the desk. Going online is said on the button, because it is a person's act.
import { useState } from "preact/hooks";
import { Bell } from "../../widget/look/Bell";
import { codeOf, detailOf } from "../live/http";
import { signIn } from "../live/session";
import { LanguageSwitch } from "../parts/LanguageSwitch";
import { errorText, t } from "../text/text";
import type { Status } from "../wire";

export function SignIn({ ended }: { ended: boolean }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ code: string; detail?: string } | null>(null);

  const enter = async (status: Status) => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await signIn(email.trim(), password, status);
    } catch (problem) {
      setError({ code: codeOf(problem), detail: detailOf(problem) });
      setBusy(false);
    }
  };
  return (
    <main class="sign-in">
      <form class="sheet" onSubmit={(event) => { event.preventDefault(); void enter("online"); }}>
        <div class="sign-in-mark"><Bell size={40} /></div>
        <h1>Shopbell</h1>
        <p class="soft">{ended ? t("signin.ended") : t("signin.hello")}</p>
        <label class="field">
          <span>{t("signin.email")}</span>
          <input type="email" name="email" autocomplete="username" required value={email}
            onInput={(event) => setEmail(event.currentTarget.value)} />
        </label>
        <label class="field">
          <span>{t("signin.password")}</span>
          <input type="password" name="password" autocomplete="current-password" required value={password}
            onInput={(event) => setPassword(event.currentTarget.value)} />
        </label>
        <p class="form-error" role="alert">{error && errorText(error.code, error.detail)}</p>
        <button type="submit" class="main-button" disabled={busy}>{busy ? t("signin.busy") : t("signin.online")}</button>
        <button type="button" class="quiet" disabled={busy} onClick={(event) => {
          if (event.currentTarget.form?.reportValidity()) void enter("away");
        }}>{t("signin.away")}</button>
      </form>
      <LanguageSwitch />
    </main>
  );
}
