// A node of the site's tree, found by its name or chosen from the branches; or any one branch.
import { useId, useState } from "preact/hooks";
import { useAnswer } from "../../../live/ask";
import { list } from "../../../live/http";
import { Where } from "../../../parts/small";
import { SEPARATOR } from "../../../text/names";
import { t } from "../../../text/text";
import type { Topic } from "../../../wire";

const SHOWN = 40;
const MOST = 5_000;
const keyOf = (path: readonly string[]): string => path.join("\u0000");

/** Nodes whose path has all these words, the shallow first; without words the first levels. */
export function findPlaces(all: readonly string[][], words: string, most: number): string[][] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (path: readonly string[]) => { const text = path.join(" ").toLowerCase(); return wanted.every((word) => text.includes(word)); };
  const found = all.filter((path) => path.length > 0 && fits(path));
  return found.sort((a, b) => a.length - b.length || a.join(SEPARATOR).localeCompare(b.join(SEPARATOR))).slice(0, most);
}

export function Places({ site, chosen, onChoose }: { site: string; chosen: readonly string[]; onChoose: (path: string[]) => void }) {
  const [words, setWords] = useState("");
  const name = useId();
  const answer = useAnswer(site, () => list<Topic>("/api/topics", { site }, MOST));
  const paths = (answer.value ?? []).map((one) => one.path);
  const found = findPlaces(paths, words, SHOWN);
  const here = keyOf(chosen);
  const shown = chosen.length && !words && !found.some((path) => keyOf(path) === here) ? [[...chosen], ...found] : found;
  return (
    <div class="picker">
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      <input class="find" type="search" placeholder={t("place.find")} aria-label={t("place.find")} value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      <ul class="picker-list" aria-label={t("place.label")}>
        {!words && <li><label class="pick"><input type="radio" name={name} checked={!chosen.length} onChange={() => onChoose([])} /><span class="pick-name">{t("place.any")}</span></label></li>}
        {shown.map((path) => (
          <li key={keyOf(path)}><label class="pick"><input type="radio" name={name} checked={keyOf(path) === here} onChange={() => onChoose(path)} /><span class="pick-name"><Where path={path} /></span></label></li>
        ))}
      </ul>
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {answer.value && found.length === 0 && <p class="soft">{t(words ? "place.no_match" : "place.none")}</p>}
    </div>
  );
}
