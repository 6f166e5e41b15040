// The rules that ring the bell: what each waits for, in words, and its switch.
import { useAnswer } from "../../live/ask";
import { codeOf, detailOf, http, list } from "../../live/http";
import { say } from "../../live/notes";
import { Empty } from "../../parts/small";
import { Switch } from "../../parts/Switch";
import { errorText, t } from "../../text/text";
import type { Site, Trigger } from "../../wire";
import { NO_NAMES, sentence } from "./triggers/sentence";

export function Triggers({ site, changes }: { site: Site; changes: boolean }) {
  const names = { ...NO_NAMES, currency: site.currency };
  const answer = useAnswer(site.id, () => list<Trigger>("/api/triggers", { site: site.id }));
  const turn = async (one: Trigger, active: boolean) => {
    try {
      await http<Trigger>("PATCH", `/api/triggers/${one.id}`, { active });
      say(t(active ? "triggers.on" : "triggers.off", { name: one.name }), "good");
      answer.again();
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
  };
  return (
    <section aria-labelledby="triggers-title" aria-busy={answer.busy}>
      <h2 id="triggers-title" class="unseen">{t("site.triggers")}</h2>
      <p class="soft">{t("triggers.more")}</p>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {answer.value?.length === 0 && <Empty title={t("triggers.none")}><p>{t("triggers.none_next")}</p></Empty>}
      <ul class="cards">
        {answer.value?.map((one) => (
          <li key={one.id} class={`sheet stack trigger${one.active ? "" : " is-off"}`}>
            <Switch on={one.active} disabled={!changes} onTurn={(active) => turn(one, active)}>
              <strong>{one.name}</strong>
              <span class={`tag${one.active ? " is-good" : ""}`}>{t(one.active ? "triggers.active" : "triggers.inactive")}</span>
            </Switch>
            <p>{sentence(one, names)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
