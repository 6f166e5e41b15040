// The chat as its frame draws it: the same head, the same style, in a tree of its own, so that neither this page's style
// reaches it nor the other way round. The colours come from around it.
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import style from "../../../widget/frame/frame.css?inline";
import { Dots, Head, Plane } from "../../../widget/look/Head";

/** In the frame the panel fills the window, and the page has the type; here both are this box. */
const HERE = `
:host { display: block; font: var(--weight) var(--text) / var(--leading) var(--font); color: var(--ink); overflow-wrap: anywhere; }
.panel { position: relative; inset: auto; }
`;

interface Shown { title: string; hello: string; own: string; write: string; lang: string; close: string }

export function ChatShown(said: Shown) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const inside = box.current!.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style + HERE);
    inside.adoptedStyleSheets = [sheet];
    return () => render(null, inside);
  }, []);
  useEffect(() => render(<Panel {...said} />, box.current!.shadowRoot!));
  return <div class="look-chat" ref={box} inert />;
}

const Panel = ({ title, hello, own, write, lang, close }: Shown) => (
  <div class="panel" lang={lang}>
    <Head title={title} close={close}><div class="menu"><button type="button" class="plain dots"><Dots /></button></div></Head>
    <div class="thread">
      <div class="greeting"><p class="words">{hello}</p></div>
      <ol><li class="mine"><p class="balloon">{own}</p></li></ol>
    </div>
    <form class="composer">
      <textarea rows={1} placeholder={write} />
      <button type="button" class="main"><Plane /></button>
    </form>
  </div>
);
