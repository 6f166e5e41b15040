// One expert on the board: there or not, how full, and with whom they talk; the longest wait stands first.
import { now } from "../../live/clock";
import { LiveDot, StatusMark } from "../../parts/small";
import { duration, number, when } from "../../text/format";
import { whoIs } from "../../text/names";
import { t, tn, word } from "../../text/text";
import type { BoardDesk, BoardTalk } from "../../wire";

export function Seat({ desk, read, onRead }: { desk: BoardDesk; read: string | null; onRead: (id: string) => void }) {
  const full = desk.status === "online" && desk.load >= desk.capacity;
  const elsewhere = desk.load - desk.talks.length;
  return (
    <li class={`sheet seat${desk.deaf_since ? " is-deaf" : ""}`}>
      <header class="seat-head">
        <StatusMark status={desk.status} />
        <h3>{desk.name}</h3>
        {full && <span class="tag is-warn">{t("board.is_busy")}</span>}
        {desk.ringing > 0 && <span class="tag">{tn("board.ringing", desk.ringing)}</span>}
        <span class="soft small seat-load">{t("transfer.places", { n: number(desk.load), all: number(desk.capacity) })}</span>
      </header>
      <p class="soft small">{desk.deaf_since
        ? <b class="bad">{t("board.deaf_since", { time: when(desk.deaf_since, now.value) })}</b>
        : [word("status", desk.status), desk.status_reason && word("presence.why", desk.status_reason)].filter(Boolean).join(": ")}</p>
      {desk.talks.length > 0 && (
        <ul class="seat-talks" aria-label={t("board.talks_of", { who: desk.name })}>
          {[...desk.talks].sort(longest).map((talk) => <TalkLine key={talk.id} talk={talk} open={talk.id === read} onOpen={() => onRead(talk.id)} />)}
        </ul>
      )}
      {elsewhere > 0 && <p class="soft small">{tn("board.elsewhere", elsewhere)}</p>}
    </li>
  );
}

function TalkLine({ talk, open, onOpen }: { talk: BoardTalk; open: boolean; onOpen: () => void }) {
  const waits = talk.waits_since ? Math.max(0, now.value - Date.parse(talk.waits_since)) : null;
  return (
    <li>
      <button type="button" class={`row${open ? " is-chosen" : ""}`} aria-expanded={open} onClick={onOpen}>
        <span class="row-top"><LiveDot live={talk.live} /><strong>{whoIs(talk)}</strong>
          {waits !== null && <span class={`tag${waits > 60_000 ? " is-warn" : ""}`}>{t("queue.waited", { time: duration(waits) })}</span>}
          <span class="row-time soft">{t("board.read")}</span></span>
      </button>
    </li>
  );
}

/** Whoever waits for an answer first, the longest before the others. */
const longest = (a: BoardTalk, b: BoardTalk): number =>
  (a.waits_since ?? "~").localeCompare(b.waits_since ?? "~") || a.opened_at.localeCompare(b.opened_at);
