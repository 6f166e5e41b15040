// The chat frame: lives on our origin inside the shop's page, speaks to the page through one port
// and to the server through one line.

import { effect } from "@preact/signals";
import { render } from "preact";
import * as callback from "./callback";
import * as cards from "./cards";
import { keepUpright } from "../look/direction";
import { meetHost } from "./host";
import { language, suggestLanguage } from "./language";
import { connect } from "./line";
import { remember } from "./memory";
import { siteKey, takeKey } from "./site";
import * as talk from "./talk";
import { Bubble } from "./view/Bubble";
import { Panel } from "./view/Panel";
import { title } from "./words";
import "./frame.css";

keepUpright();

function App() {
  return talk.open.value ? <Panel /> : <Bubble />;
}

effect(() => {
  document.documentElement.lang = language.value;
  document.title = title();
});

/** What the document had in place of us goes; what was written into its field, and the focus, come along. */
function takeOver(asked: boolean): void {
  const field = document.querySelector("textarea");
  if (field?.value) remember("draft", field.value);
  const at = field === document.activeElement ? field!.selectionStart : -1;
  document.body.replaceChildren();
  render(<App />, document.body);
  if (asked) talk.entered.value++;
  if (at < 0) return;
  const now = document.querySelector("textarea");
  now?.focus();
  now?.setSelectionRange(at, at);
}

/** The line is there only once somebody needs it. */
let begin = () => {};

meetHost(
  ({ key, lang, open, callback: calling, warm, again, alone }) => {
    suggestLanguage(lang);
    talk.begin(siteKey, takeKey(key));
    talk.alone.value = alone;
    talk.open.value = again || open;
    if (calling) callback.show();
    takeOver(open && !calling);
    let begun = false;
    begin = () => {
      if (begun) return;
      begun = true;
      connect(siteKey, key, talk.resume, { ...talk.events, ...cards.events, ...callback.events }, talk.position);
    };
    if (!warm) begin();
  },
  ({ open, callback: calling }) => {
    begin();
    if (open) talk.openPanel();
    if (calling) callback.show();
  },
);
