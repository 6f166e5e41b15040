// Who answers: every expert with presence and topics, for the administrator. Presence follows the socket.
import { desk } from "../live/desk";
import { useAnswer } from "../live/ask";
import { list } from "../live/http";
import { Empty, StatusMark } from "../parts/small";
import { whereIs } from "../text/names";
import { number } from "../text/format";
import { t, word } from "../text/text";
import type { Expert } from "../wire";

const ORDER = ["online", "away", "offline"];

export function Team() {
  const answer = useAnswer("team", () => list<Expert>("/api/experts"));
  const fresh = new Map(desk.value?.experts.map((one) => [one.id, one]));
  const all = (answer.value ?? [])
    .map((one) => ({ ...one, status: fresh.get(one.id)?.status ?? one.status, status_reason: fresh.get(one.id)?.status_reason ?? one.status_reason }))
    .sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || a.name.localeCompare(b.name));
  const online = all.filter((one) => one.status === "online").length;
  return (
    <main class="reports">
      <header class="reports-head"><h1>{t("team.title")}</h1><p class="soft">{t("team.online", { n: number(online), all: number(all.length) })}</p></header>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {answer.value && all.length === 0 && <Empty title={t("team.none")}><p>{t("team.none_next")}</p></Empty>}
      <ul class="team">
        {all.map((one) => (
          <li key={one.id} class="sheet member">
            <p class={`member-status is-${one.status}`}><StatusMark status={one.status} /> {word("status", one.status)}{one.status_reason && <span class="soft"> · {word("presence.why", one.status_reason)}</span>}</p>
            <h2>{one.name}</h2>
            <p class="soft small">{one.email}{one.role && ` · ${word("role", one.role)}`}</p>
            {one.topics.length > 0 && (
              <ul class="topics">{one.topics.map(({ path, level = 3 }) => (
                <li key={path.join("/")}>{whereIs(path)} <span class="soft" title={t("team.level", { n: level })}>
                  <span class="unseen">{t("team.level", { n: level })}</span><span aria-hidden="true">{"●".repeat(level)}{"○".repeat(Math.max(0, 5 - level))}</span></span></li>
              ))}</ul>
            )}
          </li>
        ))}
      </ul>
    </main>
  );
}
