// The rules that ring the bell: what each waits for, in words, and its switch.
import { useAnswer } from "../../live/ask";
import { codeOf, detailOf, http, list } from "../../live/http";
import { say } from "../../live/notes";
import { Empty } from "../../parts/small";
import { Switch } from "../../parts/Switch";
import { duration } from "../../text/format";
import { errorText, language, t, tn, word } from "../../text/text";
import type { Site, Trigger } from "../../wire";

type Conditions = Trigger["conditions"];

export function Triggers({ site, changes }: { site: Site; changes: boolean }) {
  const answer = useAnswer(site.id, () => list<Trigger>("/api/triggers", { site: site.id }));
  const turn = async (one: Trigger, active: boolean) => {
    try {
      await http<Trigger>("PATCH", `/api/triggers/${one.id}`, { active });
      say(t(active ? "triggers.on" : "triggers.off", { name: sentence(one.conditions) }), "good");
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
              <strong>{sentence(one.conditions)}</strong>
              <span class={`tag${one.active ? " is-good" : ""}`}>{t(one.active ? "triggers.active" : "triggers.inactive")}</span>
            </Switch>
            <p>{t("triggers.then", { action: word("action", one.action) })}</p>
            <p class="soft small">{t("triggers.key")} <code>{one.name}</code></p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a trigger waits for, as one sentence: "Somebody we know comes back". */
export function sentence(conditions: Conditions): string {
  const { known, ...does }: { known?: unknown } & Conditions = conditions;
  const who = t(known === true ? "condition.known" : known === false ? "condition.unknown" : "condition.anybody");
  const parts = Object.entries(does).map(([name, value]) => condition(name, value)).filter(Boolean);
  const all = new Intl.ListFormat(language.value, { type: "conjunction" }).format(parts);
  return t("condition.sentence", { who, does: all || t("condition.here") });
}

/** What somebody does; a condition that this console does not know yet, as it is written. */
function condition(name: string, value: unknown): string {
  if (name === "depth" && typeof value === "number") return value > 0 ? tn("condition.depth", value) : "";
  if (name === "branch_dwell" && typeof value === "number") return value > 0 ? t("condition.branch_dwell", { time: duration(value * 1000).replaceAll(" ", "\u00a0") }) : "";
  if (name === "returns" && typeof value === "boolean") return t(value ? "condition.returns" : "condition.stays");
  return value == null ? "" : `${name}: ${JSON.stringify(value)}`;
}
