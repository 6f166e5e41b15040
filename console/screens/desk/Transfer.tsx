// Handing a conversation on: to a colleague one can see is there and has a place, or by its topic to whoever knows it.
// It stays one's own until somebody takes it.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { transfer } from "../../live/desk";
import { list } from "../../live/http";
import { say } from "../../live/notes";
import { usePolled } from "../../live/poll";
import { colleagues, mine } from "../../live/value";
import { StatusMark } from "../../parts/small";
import { number } from "../../text/format";
import { t, word } from "../../text/text";
import type { Conversation, Expert, Topic } from "../../wire";

/** The conversation whose form stands open. */
export const transferring = signal<string | null>(null);
const EVERY_MS = 5_000;
const MOST_TOPICS = 5_000;

export function Transfer({ conversation }: { conversation: Conversation }) {
  const [by, setBy] = useState<"person" | "topic">("person");
  const [expert, setExpert] = useState("");
  const [topic, setTopic] = useState("");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const fresh = usePolled("transfer", EVERY_MS, () => list<Expert>("/api/experts"));
  const topics = useAnswer(by === "topic" ? conversation.site : null, () => list<Topic>("/api/topics", { site: conversation.site }, MOST_TOPICS));
  useEffect(() => form.current?.querySelector<HTMLElement>("label input:not(:disabled), .segments button")?.focus(), []);
  const all = who(fresh.value ?? colleagues.value, conversation.site, mine.value?.id ?? "");
  const places = (topics.value ?? []).map((one) => one.path).filter((path) => path.length > 0);
  const wanted = by === "person" ? (expert ? { expert } : null) : places.find((path) => JSON.stringify(path) === topic) ? { topic: JSON.parse(topic) as string[] } : null;
  const send = async () => {
    if (!wanted || busy) return;
    setBusy(true);
    const rings = await transfer(conversation.id, wanted, note.trim());
    setBusy(false);
    if (!rings) return;
    transferring.value = null;
    say(t("transfer.rings", { who: rings.join(", ") }), "good", conversation.id);
  };
  return (
    <form class="transfer" ref={form} onSubmit={(event) => { event.preventDefault(); void send(); }}
      onKeyDown={(event) => { if (event.key === "Escape") { event.preventDefault(); transferring.value = null; } }}>
      <div class="segments" role="group" aria-label={t("transfer.open")}>
        <button type="button" aria-pressed={by === "person"} onClick={() => setBy("person")}>{t("transfer.person")}</button>
        <button type="button" aria-pressed={by === "topic"} onClick={() => setBy("topic")}>{t("transfer.topic")}</button>
      </div>
      {by === "person" && all.length === 0 && <p class="soft">{t("transfer.alone")}</p>}
      {by === "person" && all.length > 0 && (
        <div class="transfer-people" role="radiogroup" aria-label={t("transfer.person")}>
          {all.map((one) => (
            <label key={one.id} class={`pick${takes(one) ? "" : " is-out"}`}>
              <input type="radio" name="transfer-to" value={one.id} checked={expert === one.id} disabled={!takes(one)} onChange={() => setExpert(one.id)} />
              <StatusMark status={one.status} />
              <span class="pick-name">{one.name}<span class="soft small">{stateOf(one)}</span></span>
              <span class="soft small">{t("transfer.places", { n: number(one.load), all: number(one.capacity) })}</span>
            </label>
          ))}
        </div>
      )}
      {by === "topic" && (
        <label class="field"><span>{t("transfer.topic_more")}</span>
          <select value={topic} onChange={(event) => setTopic(event.currentTarget.value)}>
            <option value="">{topics.busy ? t("app.loading") : t("transfer.choose")}</option>
            {places.map((path) => <option key={path.join("\n")} value={JSON.stringify(path)}>{path.join(" › ")}</option>)}
          </select>
        </label>
      )}
      <label class="field"><span>{t("transfer.note")}</span>
        <input value={note} maxLength={1000} onInput={(event) => setNote(event.currentTarget.value)} /></label>
      <p class="hint-buttons">
        <button type="submit" class="main-button" disabled={!wanted || busy}>{t("transfer.send")}</button>
        <button type="button" class="quiet" onClick={() => (transferring.value = null)}>{t("member.cancel")}</button>
      </p>
    </form>
  );
}

const takes = (one: Expert): boolean => one.status === "online" && one.load < one.capacity;
const stateOf = (one: Expert): string =>
  one.status === "online" && one.load >= one.capacity ? t("transfer.full") : [word("status", one.status), one.status_reason && word("presence.why", one.status_reason)].filter(Boolean).join(": ");

/** Colleagues of this site, those who can take it first, the least busy before the busier. */
function who(all: readonly Expert[], site: string, self: string): Expert[] {
  return all.filter((one) => one.role === "expert" && one.id !== self && one.active && one.sites.includes(site))
    .sort((a, b) => Number(takes(b)) - Number(takes(a)) || a.load / a.capacity - b.load / b.capacity || a.name.localeCompare(b.name));
}
