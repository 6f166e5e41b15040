// The person, before a word is said: who, what they read now, the way they came, everything that ever happened.
import { useEffect } from "preact/hooks";
import { now } from "../../live/clock";
import { missed } from "../../live/missed";
import { learn, person } from "../../live/person";
import { called } from "../../live/program";
import { column, selection } from "../../live/selection";
import { alerts, desk, mine, talkOf } from "../../live/value";
import { Depth, Empty, Out, Where } from "../../parts/small";
import { hasLeft } from "../../state/desk";
import { day, duration, money, number, when } from "../../text/format";
import { whereIs, whoIs } from "../../text/names";
import { t, tn, word } from "../../text/text";
import type { CustomerBrief, VisitBrief } from "../../wire";
import { Asked } from "./Asked";
import { Block } from "./Block";
import { ownerName } from "./CustomerLine";
import { Program } from "./Program";
import { SamePerson } from "./SamePerson";
import { Timeline } from "./Timeline";

interface Subject {
  visit: string | null; visitor?: string | null; site?: string | null; seen: VisitBrief | null; customer: CustomerBrief | null; name: string; here: boolean;
}

export function PersonOfSelection() {
  const subject = subjectOf();
  if (!subject) return <Empty title={t("person.none")}><p>{t("person.none_next")}</p></Empty>;
  return <Person {...subject} />;
}

function subjectOf(): Subject | null {
  const chosen = selection.value;
  const at = desk.value;
  if (!chosen || !at) return null;
  if (chosen.kind === "alert") {
    const alert = alerts.value.find((one) => one.id === chosen.id) ?? at.cleared.find((one) => one.alert.id === chosen.id)?.alert;
    if (!alert) return null;
    const seen = at.visits.get(alert.visit.id) ?? alert.visit;
    return { visit: alert.visit.id, visitor: alert.visit.visitor, seen, customer: alert.customer, name: whoIs(alert.visit), here: !hasLeft(alert) };
  }
  if (chosen.kind === "conversation") {
    const one = talkOf(chosen.id);
    if (!one) return null;
    const seen = one.visit ? (at.visits.get(one.visit) ?? null) : null;
    const customer = seen?.customer ?? one.customer;
    return { visit: one.visit, visitor: one.visitor, site: one.site, seen, customer, name: whoIs({ customer, visitor: one.visitor }), here: one.live };
  }
  // Whom somebody here called a program has gone from the list, and stays in sight until another is chosen.
  const visit = at.visits.get(chosen.id) ?? (called.value?.visit.id === chosen.id ? called.value.visit : null);
  if (visit) return { visit: visit.id, visitor: visit.visitor, seen: visit, customer: visit.customer, name: whoIs(visit), here: !visit.left };
  // Whose bell was missed has mostly left, and is known all the same.
  const rang = missed.value.find((one) => one.visit === chosen.id);
  return rang ? { visit: rang.visit, visitor: rang.visitor, site: rang.site, seen: null, customer: rang.customer, name: whoIs(rang), here: false } : null;
}

export function Person({ visit, visitor, site, seen, customer, name, here }: Subject) {
  const key = `${visit ?? ""}/${customer?.id ?? ""}`;
  // Asked again when a page was turned or something was ordered.
  const orders = desk.value?.orders.length ?? 0;
  const last = desk.value?.conversations.find((one) => one.visit === visit)?.last_seq ?? 0;
  const rings = desk.value?.alerts.find((one) => one.visit.id === visit)?.expires_at ?? seen?.alert ?? "";
  useEffect(() => {
    // The words of a talk that opens come first: all that is known of a person is much more to look up.
    const wait = setTimeout(() => void learn(key, visit, customer?.id ?? null), person.peek()?.key === key ? 800 : 60);
    return () => clearTimeout(wait);
  }, [key, seen?.pages, orders, last]);
  const known = person.value?.key === key ? person.value.known : null;
  const reads = seen ?? known?.visit?.visit ?? null;
  const more = known?.customer;
  const owner = ownerName(more?.owner ?? customer?.owner);
  return (
    <div class="person">
      <header class="person-head">
        <button type="button" class="quiet only-phone desk-back" onClick={() => (column.value = "talk")} aria-label={t("desk.back")}>←</button>
        <h2>{more?.name || name}</h2>
        {customer?.tier && <b class="tier">{word("tier", customer.tier)}</b>}
      </header>
      {customer ? (
        <dl class="facts">
          {owner && <Fact name={t("person.owner")}>{owner}</Fact>}
          <Fact name={t("person.orders")}>{number(more?.orders ?? customer.orders ?? 0)}{more?.spent ? ` · ${money(more.spent)}` : ""}</Fact>
          {(more?.last_contact ?? customer.last_contact) && (
            <Fact name={t("person.last_contact")}>{when(more?.last_contact ?? customer.last_contact, now.value)}</Fact>
          )}
          {more?.since && <Fact name={t("person.since")}>{day(more.since)}</Fact>}
          {more?.visits !== undefined && <Fact name={t("person.visits")}>{number(more.visits)}</Fact>}
          {more?.emails?.map((mail) => <Fact key={mail} name={t("person.email")}><a href={`mailto:${mail}`}>{mail}</a></Fact>)}
          {more?.phones?.map((phone) => <Fact key={phone} name={t("person.phone")}><a href={`tel:${phone}`}>{phone}</a></Fact>)}
        </dl>
      ) : <p class="soft">{t((known?.visit?.visit ?? seen)?.returning ? "who.returning_long" : "who.new_long")}</p>}

      {reads && (
        <section class={`reads${here ? " is-here" : ""}`} aria-labelledby="reads-title">
          <h3 id="reads-title">{t(here ? "person.reads" : "person.read_last")}</h3>
          {reads.title && !reads.title.startsWith(reads.path.at(-1) ?? "\n")
            ? <><p class="reads-title"><Out url={reads.url}>{reads.title}</Out></p><p><Where path={reads.path} /></p></>
            : <p><Out url={reads.url}><Where path={reads.path} /></Out></p>}
          <p class="soft small">
            <Depth depth={reads.depth} deepest={reads.deepest} /> {tn("visit.pages", reads.pages)} · {duration(reads.dwell)}
            {" · "}{cameBy(reads.source)}{onDevice(reads.device)}
          </p>
        </section>
      )}

      {known?.visit?.views && known.visit.views.length > 0 && (
        <details class="fold" open>
          <summary>{t("person.pages")} <span class="soft">{number(known.visit.views.length)}</span></summary>
          <ol class="pages">
            {[...known.visit.views].reverse().map((view, at) => (
              <li key={`${view.at}/${at}`}>
                <time class="soft" dateTime={view.at}>{when(view.at, now.value)}</time>
                <span class="page-name" title={whereIs(view.path)}><Out url={view.url}>{view.path.at(-1) ?? (view.title || whereIs(view.path))}</Out></span>
                <span class="soft">{duration(view.dwell)}</span>
              </li>
            ))}
          </ol>
        </details>
      )}

      {visit && <Asked key={visit} visit={visit} again={`${rings}/${orders}/${last}`} />}

      {known && desk.value?.me.role !== "marketer" && (customer || visit) && (
        <SamePerson key={key} changed={() => void learn(key, visit, customer?.id ?? null)} who={{
          id: more?.id ?? customer?.id ?? null, name: more?.name || name, since: more?.since ?? null, visit, site: seen?.site ?? site ?? null,
        }} />
      )}

      {visitor && (seen?.site ?? site) && mine.value && mine.value.role !== "marketer" && <Block key={visitor} visitor={visitor} site={(seen?.site ?? site)!} who={more?.name || name} />}

      {reads && <Program visit={reads} who={more?.name || name} />}

      <section aria-labelledby="timeline-title">
        <h3 id="timeline-title">{t("person.timeline")}</h3>
        {known ? <Timeline items={known.timeline} /> : <p class="soft">{t("app.loading")}</p>}
      </section>
    </div>
  );
}

/** "came by search (Google)". */
function cameBy({ channel, name, campaign }: VisitBrief["source"]): string {
  const exact = [name, campaign].filter(Boolean).join(", ");
  return t("person.came_by", { source: word("channel", channel) + (exact ? ` (${exact})` : "") });
}

/** " · telephone (Chrome Mobile 141, Android 15)"; nothing where nothing is known. */
function onDevice({ kind, browser, os }: VisitBrief["device"]): string {
  const exact = [browser, os].filter(Boolean).join(", ");
  return kind === "unknown" && !exact ? "" : ` · ${word("device", kind)}${exact ? ` (${exact})` : ""}`;
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}
