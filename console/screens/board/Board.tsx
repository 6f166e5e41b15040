// The supervisor's board: who is there, busy or deaf, with whom they talk; who waits and how long; what was missed today.
import { useEffect, useState } from "preact/hooks";
import { now } from "../../live/clock";
import { http } from "../../live/http";
import { usePolled } from "../../live/poll";
import { loadSites, site, sites } from "../../live/sites";
import { Rows } from "../../parts/Rows";
import { Empty } from "../../parts/small";
import { duration, number, when } from "../../text/format";
import { whereIs, whoIs } from "../../text/names";
import { t, tn, word } from "../../text/text";
import type { Board as BoardNow, BoardDesk, BoardMissed, BoardWaiting } from "../../wire";
import { SitePicker } from "../SitePicker";
import { Seat } from "./Seat";
import { ReadAlong } from "./ReadAlong";

const EVERY_MS = 3_000;
const LINE = 56;

export function Board() {
  const [read, setRead] = useState<string | null>(null);
  useEffect(() => { if (!sites.value) void loadSites().catch(() => undefined); }, []);
  const here = site.value;
  const answer = usePolled(here?.key ?? null, EVERY_MS, () => http<BoardNow>("GET", "/api/board", undefined, { site: here!.key }));
  const board = answer.value;
  const reading = board?.desks.flatMap((desk) => desk.talks.map((talk) => ({ talk, desk }))).find(({ talk }) => talk.id === read);
  return (
    <main class={`reports board${read ? " is-reading" : ""}`}>
      <header class="reports-head"><h1>{t("nav.board")}</h1><SitePicker said />{board && <Summary board={board} />}</header>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!board && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {board && (
        <div class="board-parts">
          <section class="board-part" aria-labelledby="board-waiting">
            <h2 id="board-waiting">{t("board.waiting")} <b class={`count${board.waiting.length ? " is-loud" : ""}`}>{number(board.waiting.length)}</b></h2>
            {board.waiting.length === 0 && <p class="soft">{t("board.nobody_waits")}</p>}
            {board.waiting.length > 0 && <div class="board-scroll" tabIndex={0} role="region" aria-label={t("board.waiting")}>
              <Rows items={board.waiting.map((one) => ({ ...one, id: one.alert ?? one.conversation ?? one.visitor }))} height={LINE} label={t("board.waiting")} row={(one) => <Waits one={one} />} />
            </div>}
            <h2 id="board-missed">{t("board.missed")} <b class="count">{number(board.missed_today)}</b></h2>
            {board.missed.length === 0 && <p class="soft">{t("board.none_missed")}</p>}
            {board.missed.length > 0 && <div class="board-scroll" tabIndex={0} role="region" aria-label={t("board.missed")}>
              <Rows items={board.missed.map((one) => ({ ...one, id: one.alert }))} height={LINE} label={t("board.missed")} row={(one) => <MissedLine one={one} />} />
            </div>}
          </section>
          <section class="board-part" aria-labelledby="board-desks">
            <h2 id="board-desks">{t("board.desks")}</h2>
            {board.desks.length === 0 && <Empty title={t("team.none")}><p>{t("board.add_them")} <a href="#/team">{t("nav.team")}</a></p></Empty>}
            <ul class="seats">
              {[...board.desks].sort(busiest).map((desk) => <Seat key={desk.id} desk={desk} read={read} onRead={(id) => setRead(id === read ? null : id)} />)}
            </ul>
          </section>
          {reading && <ReadAlong key={reading.talk.id} talk={reading.talk} expert={reading.desk.name} close={() => setRead(null)} />}
          {read && !reading && <section class="board-part read-along"><Empty title={t("board.over")}><button type="button" class="plain-button" onClick={() => setRead(null)}>{t("board.close")}</button></Empty></section>}
        </div>
      )}
    </main>
  );
}

const ORDER = ["online", "away", "offline"];
/** Whoever cannot hear first, then those who are there, by name. */
const busiest = (a: BoardDesk, b: BoardDesk): number =>
  Number(b.deaf_since !== null) - Number(a.deaf_since !== null) || ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || a.name.localeCompare(b.name);

function Summary({ board: { desks } }: { board: BoardNow }) {
  const online = desks.filter((one) => one.status === "online");
  const parts = [
    tn("board.online", online.length), tn("board.busy", online.filter((one) => one.load >= one.capacity).length), tn("board.deaf", desks.filter((one) => one.deaf_since).length),
  ];
  return <p class="soft">{parts.join(" · ")}</p>;
}

function Waits({ one }: { one: BoardWaiting }) {
  const hears = one.rings_at.length > 0 ? t("board.rings_at", { who: one.rings_at.map((each) => each.name).join(", ") }) : t(one.alert ? "board.unheard" : "board.no_bell");
  return (
    <div class="row">
      <span class="row-top"><strong>{whoIs(one)}</strong>
        <span class="row-time soft">{t("queue.waited", { time: duration(Math.max(0, now.value - Date.parse(one.since))) })}</span></span>
      <span class="row-bottom">{one.asked && <span class="tag is-warn">{t("queue.wrote")}</span>}<span class="row-text soft">{[hears, whereIs(one.path)].join(" · ")}</span></span>
    </div>
  );
}

function MissedLine({ one }: { one: BoardMissed }) {
  return (
    <div class="row">
      <span class="row-top"><strong>{whoIs(one)}</strong>
        <span class="row-time soft">{when(one.raised_at, now.value)}</span></span>
      <span class="row-bottom">{one.asked && <span class="tag is-warn">{t("queue.wrote")}</span>}<span class="row-text soft">{[word("missed.end", one.end), whereIs(one.path)].join(" · ")}</span></span>
    </div>
  );
}
