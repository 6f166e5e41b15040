"""Pages of customers' sites: what they are like, how they carry the tag, and how they watch themselves.

What a page finds stands in `window.probe` (what happened to it) and `window.own` (what it did).
"""

import html
from dataclasses import dataclass

#: In the page's head, before any tag: what the page notices of itself.
PROBE = """
const probe = window.probe = {errors: [], tasks: [], frames: [], shifts: 0};
addEventListener('error', e => probe.errors.push('error: ' + (e.message || e.target?.tagName)));
addEventListener('unhandledrejection', e => probe.errors.push('rejection: ' + e.reason));
const watch = (type, then) =>
  new PerformanceObserver(all => all.getEntries().forEach(then)).observe({type, buffered: true});
watch('longtask', e => probe.tasks.push(e.duration));
watch('layout-shift', e => probe.shifts += e.value);
watch('long-animation-frame', e => e.scripts.forEach(s => probe.frames.push([s.sourceURL, s.duration, s.invoker])));
"""

#: What the page does itself; it must come out the same with the tag and without.
OWN = """
const own = window.own = {};
own.state = document.readyState;
customElements.define('own-word', class extends HTMLElement { connectedCallback() { this.textContent = 'word'; } });
own.word = document.querySelector('own-word').textContent;
try { localStorage.own = 'kept'; own.kept = localStorage.own; } catch { own.kept = 'kept'; }
document.addEventListener('DOMContentLoaded', () => own.ready = true);
document.querySelector('button').onclick = () => own.clicked = (own.clicked || 0) + 1;
(async () => {
  own.api = window.refuse ? 'fine' : (await (await fetch('/api')).json()).said;
  await new Promise(next => setTimeout(next, 150));
  history.pushState({own: 1}, '', location.pathname + location.search + '&step=1');
  own.pushed = history.state.own + location.search.slice(-7);
  history.replaceState({own: 2}, '', location.pathname + location.search);
  own.replaced = history.state.own;
  document.title = 'Own title';
  document.querySelector('button').click();
  await new Promise(next => setTimeout(next, 50));
  own.globals = Object.keys(window).filter(name => /^own|^probe/.test(name)).join();
  own.done = true;
  document.documentElement.dataset.own = 'done';
})();
"""

TAGS: dict[str, str] = {
    "none": "",
    "plain": '<script async src="{src}" data-site="demo"></script>',
    # The browser tells a page nothing of what goes wrong in a script of another origin, unless it comes like this.
    "open": '<script async crossorigin src="{src}" data-site="demo"></script>',
    # For who will not let any server hold the load event back: the same script, fetched when the page is done.
    "after-load": (
        '<script{nonce}>addEventListener("load",()=>{{const s=document.createElement("script");s.src="{src}";'
        's.dataset.site="demo";document.head.append(s)}})</script>'
    ),
}

STYLE = "body{margin:0;font:16px/1.5 sans-serif}main{height:1800px;padding:16px}own-word{display:block;height:24px}"


@dataclass(frozen=True)
class Host:
    """What the page itself is like. `before`: a script of its own in front of the tag; `policy`: its CSP."""

    before: str = ""
    style: str = ""
    policy: str = ""
    body: str = ""


def page(tag: str, src: str, host: Host) -> str:
    nonce = ' nonce="N"' if "nonce-N" in host.policy else ""
    mark = TAGS[tag].format(src=html.escape(src), nonce=nonce).replace("<script async", f"<script async{nonce}")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">'
        f"<style{nonce}>{STYLE}{host.style}</style><script{nonce}>{PROBE}{host.before}</script>{mark}"
        f'<script{nonce} defer src="/own.js"></script></head><body><main><h1>Shop</h1><own-word></own-word>'
        f'<button>Buy</button> <a href="/next">Next</a>{host.body}</main></body></html>'
    )


# What pages are like ------------------------------------------------------------------------------------------------

_STRICT = "default-src 'self'; script-src 'nonce-N'{bell}; style-src 'nonce-N'; connect-src 'self'{bell}; img-src data:"
_TRUSTED = "script-src 'nonce-N' 'strict-dynamic'; require-trusted-types-for 'script'; trusted-types 'none'"

_NO_STORAGE = (
    "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }});"
)
_NO_COOKIE = "Object.defineProperty(document, 'cookie', {get() { throw Error('no') }, set() { throw Error('no') }});"
_FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') };"
_FOREIGN = (
    "for (const name of ['event', 'event.demo', 'visitor', 'key', 'lock', 'consent', 'page', 'site'])"
    " localStorage['shopbell.' + name] = localStorage['shopbell.' + name + '.demo'] = '%s';"
)
#: What may stand under our names, though we never wrote it.
_NO_EVENTS = ('{"a":[', "null", "7", '{"length":3}', '[null,3,"x",{}]', '"' + "x" * 100_000 + '"')

#: The page's own script then asks nothing.
_MINE = "window.refuse = 1; "
_OLD_BROWSER = "Object.defineProperty(window, 'navigation', {value: undefined});"
_OWN_PUSH = (
    "const push = history.pushState; history.pushState = function (...all) {"
    " if (this !== history) throw Error('whose?'); return push.apply(this, all) };"
)
_NO_OBSERVERS = "window.ResizeObserver = window.IntersectionObserver = window.BroadcastChannel = undefined;"

_BREADCRUMBS = '<script type="application/ld+json" nonce="N">{}</script>'
_NO_BREADCRUMBS = (
    '{"@type": "BreadcrumbList", "itemListElement": [{',
    '[null, 7, {"@type": "BreadcrumbList", "itemListElement": 3}]',
    '{"@type": "BreadcrumbList", "itemListElement": [null, {"item": null}, {"name": 7, "position": {}}]}',
)
_GREEDY = (
    "body{display:grid;gap:40px}body>*{min-height:200px;padding:20px;border:9px solid;margin:20px}"
    "div,button{display:block!important;width:100%;height:300px}main button{height:auto}"
)

HOSTS: dict[str, Host] = {
    "usual": Host(),
    "no-script-src": Host(policy="script-src 'self' 'nonce-N'"),
    "no-connect-src": Host(policy=_STRICT.format(bell="")),
    "nonce": Host(policy=_STRICT.format(bell=" BELL")),
    "trusted-types": Host(policy=_TRUSTED),
    "no-storage": Host(before=_NO_STORAGE),
    "no-cookie": Host(before=_NO_COOKIE),
    "no-storage-no-cookie": Host(before=_NO_STORAGE + _NO_COOKIE),
    "full-storage": Host(before=_FULL),
    **{f"foreign-storage-{number}": Host(before=_FOREIGN % said) for number, said in enumerate(_NO_EVENTS)},
    "fetch-throws": Host(before=_MINE + "window.fetch = () => { throw Error('mine') };"),
    "fetch-rejects": Host(before=_MINE + "window.fetch = () => Promise.reject('mine');"),
    "fetch-is-undefined": Host(before=_MINE + "window.fetch = undefined;"),
    "fetch-gives-nothing": Host(before=_MINE + "window.fetch = () => {};"),
    "fetch-never-ends": Host(before=_MINE + "window.fetch = () => new Promise(() => {});"),
    "beacon-throws": Host(
        before=_MINE + "window.fetch = undefined; navigator.sendBeacon = () => { throw Error('mine') };"
    ),
    "frozen-history": Host(before="Object.freeze(history);"),
    "frozen-history-old-browser": Host(before=_OLD_BROWSER + "Object.freeze(history);"),
    "own-history-old-browser": Host(before=_OLD_BROWSER + _OWN_PUSH),
    "no-locks": Host(before="Object.defineProperty(navigator, 'locks', {value: undefined});"),
    "no-random-uuid": Host(before="crypto.randomUUID = undefined;"),
    "no-observers": Host(before=_NO_OBSERVERS),
    "broken-breadcrumbs": Host(body="".join(_BREADCRUMBS.format(said) for said in _NO_BREADCRUMBS)),
    "named-shopbell": Host(body='<section id="shopbell"></section>'),
    "greedy-style": Host(style=_GREEDY),
}
