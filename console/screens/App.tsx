// Which screen for whom: the role decides the first one, the address the rest.
import { useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Bell } from "../../widget/look/Bell";
import { closeDesk, openDesk } from "../live/desk";
import { askUnfinished, unfinished } from "../live/setup";
import { forgetDone } from "../live/notes";
import { answersPeople, readsReports, session } from "../live/session";
import { Notes } from "../parts/Notes";
import { part, screen, type Screen } from "../parts/route";
import { t } from "../text/text";
import type { Me } from "../wire";
import { Board } from "./board/Board";
import { Desk } from "./desk/Desk";
import { Live } from "./reports/Live";
import { Reports } from "./reports/Reports";
import { Door } from "./start/First";
import { Start } from "./start/Start";
import { Site } from "./site/Site";
import { Team } from "./Team";
import { TopBar } from "./TopBar";

export function screensFor(role: Me["role"]): Screen[] {
  const all: Screen[] = [];
  if (answersPeople(role)) all.push("desk");
  if (role === "admin") all.push("board");
  if (readsReports(role)) all.push("reports", "live", "site");
  all.push("team");
  return all;
}

export function App() {
  useSignalEffect(() => {
    const now = session.value;
    if (now.state === "in" && answersPeople(now.me.role)) openDesk(now.me.id);
    else closeDesk();
  });
  const admin = session.value.state === "in" && session.value.me.role === "admin" ? session.value.me.id : null;
  useEffect(() => { if (admin) void askUnfinished(); else unfinished.value = false; }, [admin]);
  useEffect(forgetDone, [screen.value, part.value]);
  const now = session.value;
  if (now.state === "unknown") {
    return <main class="waiting" aria-busy="true"><h1><Bell size={48} title="Shopbell" /></h1><p role="status">{t(now.away ? "app.away" : "app.starting")}</p></main>;
  }
  if (now.state === "out") return <Door ended={now.ended} />;
  const setting = now.me.role === "admin" && (unfinished.value || screen.value === "start");
  const allowed: Screen[] = [...(setting ? ["start" as const] : []), ...screensFor(now.me.role)];
  const here = screen.value && allowed.includes(screen.value) ? screen.value : allowed[0]!;
  return (
    <div class="app">
      <TopBar me={now.me} screens={allowed} here={here} />
      {here === "start" && <Start me={now.me} />}
      {here === "desk" && <Desk />}
      {here === "board" && <Board />}
      {here === "reports" && <Reports />}
      {here === "live" && <Live />}
      {here === "site" && <Site me={now.me} />}
      {here === "team" && <Team me={now.me} />}
      <Notes />
    </div>
  );
}
