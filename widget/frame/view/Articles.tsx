// What the shop has written down: passages, letter for letter; the whole of it to read here; and a person if it did not help.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { found, hindered, query, search } from "../articles";
import { safeLink } from "../../look/format";
import { go, goBack } from "../screen";
import { command, line } from "../line";
import { say } from "../words";
import { Problem } from "./Problem";
import { Screen } from "./Screen";
import { useAsk } from "./useAsk";
import { Link, Words } from "./Words";

interface Passage { id: string; title: string; quote: string; url?: string | null }

export function Passages({ articles }: { articles: Passage[] }) {
  return (
    <ul class="passages">
      {articles.map(({ id, title, quote, url }) => (
        <li key={id}>
          <h2>{title}</h2>
          <blockquote><Words>{quote}</Words></blockquote>
          <p class="buttons">
            <button type="button" aria-label={say("readOf", { title })} onClick={() => go({ name: "article", article: id })}>
              {say("read")}
            </button>
            {safeLink(url) && <Link href={safeLink(url)!}>{say("openLink")}</Link>}
          </p>
        </li>
      ))}
    </ul>
  );
}

/** Perhaps it is answered already. `titled`: a heading above says what it is. */
export function Search({ titled }: { titled?: boolean }) {
  return (
    <search class="search">
      <label class="field">
        <span class={titled ? "aside" : undefined}>{say("searchArticles")}</span>
        <input type="search" value={query.value} maxLength={300} onInput={(event) => search(event.currentTarget.value)} />
      </label>
      <div role="status" class="soft">
        {hindered.value || found.value && (found.value.length ? say("foundArticles", { n: found.value.length }) : say("foundNothing"))}
      </div>
      {!!found.value?.length && <Passages articles={found.value} />}
    </search>
  );
}

/** The same beside a conversation. */
export function LookUp() {
  return (
    <Screen title={say("searchArticles")}>
      <Search titled />
      <p class="buttons"><button type="button" class="plain" onClick={() => goBack("field")}>{say("askPerson")}</button></p>
    </Screen>
  );
}

export function Article({ article }: { article: string }) {
  const { problem, load } = useAsk();
  const shown = useSignal<{ title: string; text: string } | null>(null);
  const helped = useSignal(false);
  useEffect(() => {
    if (line.value === "on") void load(async () => (shown.value = await command("article.get", { article })));
  }, [line.value]);
  return (
    <Screen key={shown.value ? "there" : "coming"} title={shown.value?.title ?? say("article")}>
      {shown.value && (
        <>
          <Words>{shown.value.text}</Words>
          <div class="helped" role="status">
            {helped.value ? (
              <p>{say("glad")}</p>
            ) : (
              <>
                <p>{say("didItHelp")}</p>
                <p class="buttons">
                  <button type="button" onClick={() => (helped.value = true)}>{say("yes")}</button>
                  <button type="button" onClick={() => goBack("field")}>{say("noAskPerson")}</button>
                </p>
              </>
            )}
          </div>
        </>
      )}
      <Problem>{problem}</Problem>
    </Screen>
  );
}
