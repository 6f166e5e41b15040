// What people write who mean a topic: a phrase a line. From these, and from conversations, `shopbell learn` learns.
import { useId, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { codeOf, detailOf, http, list } from "../../live/http";
import { say } from "../../live/notes";
import { Empty, Where } from "../../parts/small";
import { number } from "../../text/format";
import { SEPARATOR, whereIs } from "../../text/names";
import { errorText, t, tn } from "../../text/text";
import type { Site, Topic } from "../../wire";
import { useKept } from "./triggers/kept";

const MOST = 5_000, SHOWN = 60, PHRASES = 200, LETTERS = 300;

/** One phrase a line; empty lines and repeats are none. */
export const phrasesOf = (text: string): string[] => [...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))];
/** Those with phrases or with somebody who knows them first, then the shallow; with words only those that have them. */
export function findTopics(all: readonly Topic[], words: string, most: number): Topic[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (one: Topic) => `${one.path.join(" ")} ${one.experts.map(({ name }) => name).join(" ")}`.toLowerCase();
  return all.filter((one) => wanted.every((part) => text(one).includes(part)))
    .sort((a, b) => a.depth - b.depth || a.path.join(SEPARATOR).localeCompare(b.path.join(SEPARATOR))).slice(0, most);
}

/** Who knows it: those of its own, else of the nearest place above that somebody knows, and that it is through that place. */
export function knownBy(one: Topic, all: ReadonlyMap<string, Topic>): string {
  const names = ({ experts }: Topic) => experts.map(({ name }) => name).join(", ");
  if (one.path.length === 0) return t("topics.home");
  for (let depth = one.path.length; depth > 0; depth -= 1) {
    const place = all.get(JSON.stringify(one.path.slice(0, depth)));
    if (place?.experts.length) return place.path.length === one.path.length ? names(place) : t("topics.through", { names: names(place), place: place.path.at(-1)! });
  }
  return t("topics.nobody");
}

export function Topics({ site, changes }: { site: Site; changes: boolean }) {
  const [words, setWords] = useState("");
  const [given, setGiven] = useState<ReadonlyMap<string, string[]>>(new Map());
  const [open, setOpen] = useState<string | null>(null);
  const answer = useAnswer(site.id, () => list<Topic>("/api/topics", { site: site.id }, MOST));
  const all = (answer.value ?? []).map((one) => ({ ...one, phrases: given.get(one.id) ?? one.phrases }));
  const places = new Map(all.map((one) => [JSON.stringify(one.path), one]));
  const shown = findTopics(all, words, SHOWN);
  const count = all.filter((one) => one.phrases.length > 0).length;
  return (
    <section class="stack" aria-labelledby="topics-title" aria-busy={answer.busy}>
      <h2 id="topics-title" class="unseen">{t("site.topics")}</h2>
      <p class="soft">{t("topics.more")}</p>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {answer.value && all.length === 0 && <Empty title={t("topics.none")}><p>{t("topics.none_next")}</p></Empty>}
      {all.length > 0 && (
        <>
          <input class="find" type="search" placeholder={t("topics.find")} aria-label={t("topics.find")} value={words} onInput={(event) => setWords(event.currentTarget.value)} />
          <p class="soft small">{tn("topics.have", count)}</p>
          {shown.length === 0 && <p class="soft">{t("topics.no_match")}</p>}
          <ul class="topic-list">
            {shown.map((one) => (
              <li key={one.id}>
                <button type="button" class="row" aria-expanded={open === one.id} onClick={() => setOpen(open === one.id ? null : one.id)}>
                  <span class="row-top"><Where path={one.path} /><span class="row-time soft">{one.phrases.length > 0 ? tn("topics.phrases", one.phrases.length) : t("topics.no_phrases")}</span></span>
                  <span class="row-bottom"><span class="row-text soft">{knownBy(one, places)}</span></span>
                </button>
                {open === one.id && <Phrases topic={one} changes={changes} onSaved={(phrases) => setGiven(new Map(given).set(one.id, phrases))} />}
              </li>
            ))}
          </ul>
          {all.length > SHOWN && !words && <p class="soft small">{t("topics.narrow", { n: number(SHOWN), all: number(all.length) })}</p>}
        </>
      )}
    </section>
  );
}

function Phrases({ topic, changes, onSaved }: { topic: Topic; changes: boolean; onSaved: (phrases: string[]) => void }) {
  const [kept, setKept] = useKept<string>(`phrases.${topic.id}`);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const id = useId();
  const text = kept ?? topic.phrases.join("\n");
  const phrases = phrasesOf(text);
  const long = phrases.find((one) => [...one].length > LETTERS);
  const wrong = phrases.length > PHRASES ? t("topics.too_many", { n: number(phrases.length), most: number(PHRASES) })
    : long ? t("topics.too_long", { phrase: `${long.slice(0, 40)}…`, most: number(LETTERS) }) : refused;
  const changed = phrases.join("\n") !== topic.phrases.join("\n");
  const save = async () => {
    setBusy(true);
    try {
      const now = await http<Topic>("PATCH", `/api/topics/${topic.id}`, { phrases });
      setKept(null);
      onSaved(now.phrases);
      say(t("topics.saved", { topic: whereIs(topic.path) }), "good");
    } catch (error) {
      setRefused(errorText(codeOf(error), detailOf(error)));
    }
    setBusy(false);
  };
  return (
    <form class="stack phrases" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <label for={id} class="small soft">{t("topics.label", { topic: whereIs(topic.path) })}</label>
      <textarea id={id} rows={Math.min(12, Math.max(4, text.split("\n").length + 1))} readOnly={!changes} value={text} placeholder={t("topics.like")} aria-invalid={!!wrong}
        aria-describedby={wrong ? `${id}-wrong` : undefined} onInput={(event) => { setRefused(null); setKept(event.currentTarget.value); }} />
      {wrong && <p id={`${id}-wrong`} class="bad small" role="alert">{wrong}</p>}
      {changes && (
        <div class="rules-foot">
          <p class="soft small">{t("topics.counts")}</p>
          {changed && <button type="button" class="quiet" onClick={() => { setKept(null); setRefused(null); }}>{t("ladder.back")}</button>}
          <button type="submit" class="main-button" disabled={!changed || busy || !!wrong}>{t("topics.save")}</button>
        </div>
      )}
    </form>
  );
}
