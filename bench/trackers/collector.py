"""The stub collector: it answers every product as that product expects, counts the bytes, and keeps what it heard.

Who asks stands in the host name (`7.plausible.localhost`: trial 7 of Plausible), so that every product has a server of
its own at its usual paths. The shop and the site that people leave for stand beside it.
"""

import asyncio
import contextlib
import gzip
import time
from dataclasses import dataclass, field
from typing import Any

from bench.trackers.products import PRODUCTS, Answer, Request

_REASONS = {200: "OK", 202: "Accepted", 204: "No Content", 400: "Bad Request", 404: "Not Found"}

SHOP = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Drip systems</title>
<link rel="icon" href="data:,"><link rel="canonical" href="http://{host}/garden/irrigation/drip-systems">
<script type="application/ld+json">{{"@context":"https://schema.org","@type":"BreadcrumbList","itemListElement":[
{{"@type":"ListItem","position":1,"name":"Garden"}},{{"@type":"ListItem","position":2,"name":"Irrigation"}},
{{"@type":"ListItem","position":3,"name":"Drip systems"}}]}}</script>
<style>body{{margin:0;font:16px/1.5 sans-serif}}main{{padding:16px}}li{{height:60px}}</style>{tag}</head>
<body><main><h1>Drip systems</h1><ul>{items}</ul><p><a id="out" href="http://{elsewhere}/">Another shop</a></p></main>
</body></html>"""
ELSEWHERE = """<!doctype html><title>Elsewhere</title><link rel="icon" href="data:,"><h1>Elsewhere</h1>
<a id="shop" href="{shop}">Shop</a>"""
ITEMS = "".join(f"<li><a href='/p/{n}'>Balcony drip kit {n}</a> for {n} pots</li>" for n in range(40))


@dataclass
class Trial:
    """One page view and what the product's server heard of it. Bytes are those on the socket, heads included."""

    product: str
    requests: list[Request] = field(default_factory=list)
    bytes_up: int = 0
    bytes_down: int = 0
    script_bytes: int = 0
    refused: int = 0
    #: Whoever is back on the page makes new words; they are not of this view.
    over: bool = False


class Collector:
    """`trials` by number; `scripts`: the bundles by product."""

    def __init__(self, scripts: dict[str, bytes]) -> None:
        self._scripts = {name: gzip.compress(script, 9, mtime=0) for name, script in scripts.items()}
        self.trials: dict[int, Trial] = {}
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        self._server.close()

    def begin(self, product: str) -> int:
        """The number of a new trial of `product`; "" is the page without a tag."""
        number = len(self.trials) + 1
        self.trials[number] = Trial(product)
        return number

    def shop(self, number: int) -> str:
        return f"http://shop.localhost:{self.port}/garden?trial={number}"

    def elsewhere(self, number: int) -> str:
        return f"http://elsewhere.localhost:{self.port}/?trial={number}"

    def _page(self, asked: Request) -> Answer:
        number = int(asked.query.get("trial", 0))
        product = self.trials[number].product if number in self.trials else ""
        src = f"http://{number}.{product}.localhost:{self.port}/{product}.js"
        tag = f'<script async src="{src}" data-site="shop"></script>' if product else ""
        text = SHOP.format(
            tag=tag, items=ITEMS, host=asked.headers["host"], elsewhere=f"elsewhere.localhost:{self.port}"
        )
        return Answer(200, "text/html", text.encode())

    def _answer(self, asked: Request, trial: Trial | None) -> Answer:
        host = asked.headers.get("host", "")
        if host.startswith("shop."):
            return self._page(asked)
        if trial is None:
            shop = self.shop(int(asked.query.get("trial", 0)))
            return Answer(200, "text/html", ELSEWHERE.format(shop=shop).encode())
        if asked.method == "OPTIONS":
            return Answer(204)
        if asked.path == f"/{trial.product}.js":
            return Answer(200, "text/javascript", self._scripts[trial.product])
        answer = PRODUCTS[trial.product].answer(asked)
        trial.refused += answer.status >= 400
        return answer

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with (
            contextlib.closing(writer),
            contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError),
        ):
            while True:
                raw = await reader.readuntil(b"\r\n\r\n")
                at = time.monotonic()
                lines = raw.decode("latin-1").split("\r\n")
                headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:] if line)}
                body = await reader.readexactly(int(headers.get("content-length") or 0))
                method, target, _ = lines[0].split(" ", 2)
                asked = Request(method, target, headers, body, at)
                first = headers.get("host", "").partition(".")[0]
                trial = self.trials.get(int(first)) if first.isdigit() else None
                answer = self._answer(asked, trial)
                said = _head(asked, answer) + answer.body
                if trial and not trial.over:
                    trial.requests.append(asked)
                    trial.bytes_up += len(raw) + len(body)
                    trial.bytes_down += len(said)
                    if asked.path == f"/{trial.product}.js":
                        trial.script_bytes = len(answer.body)
                writer.write(said)
                await writer.drain()


def _head(asked: Request, answer: Answer) -> bytes:
    more: dict[str, Any] = {"content-type": f"{answer.kind}; charset=utf-8", "content-length": len(answer.body)}
    if answer.body[:2] == b"\x1f\x8b":
        more["content-encoding"] = "gzip"
    if origin := asked.headers.get("origin"):
        more |= {"access-control-allow-origin": origin, "access-control-allow-credentials": "true", "vary": "origin"}
    if asked.method == "OPTIONS":
        wanted = asked.headers.get("access-control-request-headers", "")
        more |= {"access-control-allow-headers": wanted, "access-control-max-age": 600}
    lines = [f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'Said')}", *(f"{n}: {v}" for n, v in more.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
