// The chat frame: lives on our origin inside the shop's page, speaks to the page through one port
// and to the server through one line.

import { effect } from "@preact/signals";
import { render } from "preact";
import * as cards from "./cards";
import { meetHost } from "./host";
import { connect } from "./line";
import * as talk from "./talk";
import { Bubble } from "./view/Bubble";
import { Panel } from "./view/Panel";
import { language, say, suggestLanguage } from "./words";
import "./frame.css";

function App() {
  return talk.open.value ? <Panel /> : <Bubble />;
}

effect(() => {
  document.documentElement.lang = language.value;
  document.title = say("title");
});

meetHost(
  ({ key, lang, open, again }) => {
    suggestLanguage(lang);
    const site = document.body.dataset.site || "";
    talk.begin(site, key);
    talk.open.value = again;
    render(<App />, document.body);
    if (open) talk.openPanel();
    connect(site, key, talk.resume, { ...talk.events, ...cards.events }, talk.position);
  },
  ({ open }) => {
    if (open) talk.openPanel();
  },
);
