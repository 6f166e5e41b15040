import { render } from "preact";
import "../widget/look/tokens.css";
import "./look/base.css";
import "./look/frame.css";
import "./look/desk.css";
import "./look/talk.css";
import "./look/reports.css";
import "./look/site.css";
import { App } from "./screens/App";
import { startBell } from "./live/bell";
import { restore } from "./live/session";
import { startLook } from "./parts/look";
import { startLanguage } from "./text/text";

startLanguage();
startLook();
startBell();
void restore();
render(<App />, document.getElementById("console")!);
