"""Bodies as no snippet sends them: what is right bent in its parts, then in its bytes, then in its headers.

One seed gives the same cases each time. Nothing of it may be answered by a 5xx other than 503, leave a traceback, or
cost another request anything (`bench.fuzz`, `tests/wired/test_fuzz.py`).
"""

import asyncio
import base64
import contextlib
import json
import random
import time
import uuid
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import jwt

COLLECT, WAIT, IDENTIFY, FORGET, EVENTS = (
    "/collect", "/visitor/wait", "/visitor/identify", "/visitor/forget", "/api/events",
)  # fmt: skip
#: The line of a frame whose WebSocket is blocked. Its wait has the snippet's address; the query tells them apart here.
COMMAND, ASK = "/visitor/command", "/visitor/wait?frame"
LINE = (COMMAND, ASK)
PATHS = (COLLECT,) * 13 + (EVENTS,) * 4 + (IDENTIFY,) * 2 + (WAIT, FORGET) + (COMMAND,) * 4 + (ASK,) * 2
WEEK = 7 * 24 * 3600 * 1000
KIB64 = 64 * 1024
DEEP = 20_000


class Token(str):
    """Written into the body as it is, valid JSON or not."""


#: Values that programs trip over, as they stand in a body.
NASTY: tuple[str, ...] = (
    "NaN", "Infinity", "-Infinity", "1e308", "1e309", "-1e308", "1e-400", "-0", "-1", "0", "1.5", "00", "1e5", "0x10",
    str(2**31), str(2**53 + 1), str(2**63), str(2**64), "9" * 400, "null", "true", "[]", "{}", "[[]]", '""', "''",
    str(WEEK), str(WEEK + 1), str(-WEEK), '"\\ud800"', '"\\udfff x"', '"\\u0000"', '"\\u0001\\u001b[31m\\u0085"',
    '"\\ud83d\\ude00"', '"\u202e\u2028\ufeff"', '"' + "x" * 10_000 + '"', '"%00%ff%C0%80"', '"' + "%" * 200 + '"',
    "[" * 600 + "]" * 600, '{"a":' * 600 + "1" + "}" * 600, "[" * DEEP, '{"a":' * DEEP, '"unfinished', '{"a":1,"a":2}',
    '{"__proto__":{"x":1},"constructor":null}', "[" + "1," * 3_000 + "1]",
)  # fmt: skip
URLS: tuple[str, ...] = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:1", "data:text/html,x", "ftp://x", "http://", "https://",
    "http://[", "http://[::1", "http://[v1.x]/", "http://a b/", "http://x:99999/", "http://x:y/", "http://\x00/", "",
    "https://user:pass@shop.example/?token=1&e-mail=a@b.example", "https://shop.example/" + "a/" * 3_000, "//x/y", "x",
    "https://shop.example/?" + "a=1&" * 9_000, "https://shop.example/#" + "x" * 60_000, "https://" + "h" * 60_000 + "/",
    "https://shop.example/\ud800", "https://shop.example/%ud800/%/%zz", "https://xn--/", "https://\u2100.example/",
    "https://shop.example/\u202e/\u0000/..//../", "http://1.2.3.4.5/", "http://\uff0f/", "https://shop.example:/",
    "https://shop.example/?utm_source=" + "%F0%9F" * 50, "https://shop.example/" + "%41" * 700,
)  # fmt: skip
TEXTS: tuple[str, ...] = (
    "\x00", "\x1b[2J", "\r\nSet-Cookie: x=1", "\ud800", "a\udfffb", "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 100,
    "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "%s%n%x", "${jndi:ldap://x}", "\u0130\u0131\u1e9e" * 100,
    "x" * 70_000, "\t\n", "A\u0300" * 400, "\ufffe\uffff", "../" * 50, " " * 5_000, "null",
)  # fmt: skip
IDS: tuple[str, ...] = (
    "", "x", "0" * 32, "0" * 36, "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    "{00000000-0000-0000-0000-000000000000}", "00000000-0000-0000-0000-00000000000\u0660", "\u0130" * 36, "g" * 32,
    "00000000-0000-0000-0000-000000000000\n", "a" * 5_000, "0" * 31, "0" * 33, "A" * 32, "\x00" * 36,
)  # fmt: skip
TIMES: tuple[str, ...] = (
    "", "now", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999+00:00", "2026-01-01", "2026-02-30T00:00:00Z",
    "0001-01-01T00:00:00+23:59", "2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00", "20260101T000000Z",
)  # fmt: skip
BROWSER = b"Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"
AGENTS: tuple[bytes, ...] = (
    b"", b"\xff\xfe\x00", b"curl/8.0",
    b"Mozilla/5.0 " + b"(" * 3_000, b"M" * 8_000, b"Mozilla/5.0 (compatible; " + b"bot " * 200 + b")", b"\t",
    b"Mozilla/5.0 (Linux; Android 14; \xd0\xb0\xd0\xb1) Chrome/140 Mobile", b"Opera/9.80 (" + b"9." * 500 + b")",
)  # fmt: skip
ORIGINS: tuple[bytes, ...] = (
    b"null", b"https://evil.example", b"http://localhost", b"http://localhost:1", b"*", b"", b"\xff", b"javascript:1",
    b"http://localhost:8000/", b"HTTP://LOCALHOST:8000", b"x" * 5_000, b"http://localhost:8000 http://evil.example",
)  # fmt: skip
TYPES: tuple[bytes, ...] = (
    b"text/plain", b"application/json", b"application/json; charset=utf-16", b"text/html", b"", b"multipart/form-data",
    b"application/x-www-form-urlencoded", b"TEXT/PLAIN;CHARSET=UTF-8", b"text/plain,text/plain", b"\xff/\xff", b";;;",
)  # fmt: skip
BYTES: tuple[bytes, ...] = (b"\x00", b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xef\xbb\xbf", b",", b'"', b"}")
VALUES: tuple[bytes, ...] = (
    b"", b"\xff\xfe", b"ru;q=1e308,en;q=nan", b"=;=;;", b"1.2.3.4, ::1, x", b"bytes=0-", b"," * 3_000,
)  # fmt: skip
ENCODINGS: tuple[bytes, ...] = (b"gzip", b"br", b"identity", b"deflate, gzip", b"", b"x" * 300, b"\xff")


class Case(NamedTuple):
    """A request as bytes. `alone`: its frame may be broken, so nothing follows it on its connection."""

    path: str
    raw: bytes
    alone: bool = False


class Fuzzer:
    """Makes cases. `token`: of an administrator; `secret`: of the site."""

    def __init__(self, seed: int, origin: str, token: str, secret: str) -> None:
        self.dice = random.Random(seed)
        self.origin, self.token, self.secret = origin.encode(), token, secret
        self._keys = [self._hex(32) for _ in range(40)]
        self._ids = [str(uuid.UUID(int=self.dice.getrandbits(128), version=4)) for _ in range(400)]
        #: Those who ask over HTTP: visitor key -> conversation, "" while none is known.
        self.talks = {self._hex(32): "" for _ in range(3)}

    def cases(self, number: int) -> Iterator[Case]:
        for _ in range(number):
            yield self.case()

    def case(self) -> Case:
        dice = self.dice
        path = dice.choice(PATHS)
        value = self._good(path)
        for _ in range(dice.choice((0, 1, 1, 1, 2, 3))):
            value = self._bent(value)
        try:
            body = written(value).encode("utf-8", "surrogatepass")
        except RecursionError:
            body = b"[" * DEEP
        if dice.random() < 0.3:
            body = self._gnawed(body)
        if dice.random() < 0.03:
            body = self._sized(body)
        return self._request(path, body)

    def request_of(self, path: str, value: Any) -> Case:
        """A request in perfect form around a body that somebody else thought of."""
        body = written(value).encode("utf-8", "surrogatepass")
        head = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" % path.encode()
        head += b"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n" % (self.token.encode(), len(body))
        return Case(path, head + body)

    # --- what is right ------------------------------------------------------------------------------------------------

    def _good(self, path: str) -> Any:
        who = {"site": "demo", "visitor": self.dice.choice(self._keys)}
        if path in (WAIT, FORGET):  # nobody that is known: it would be kept waiting
            return who | {"visitor": self._hex(32)}
        if path == IDENTIFY:
            return who | {"token": self._word()}
        if path in LINE:
            return self._command() if path == COMMAND else self._ask()
        events = [self._event(path == EVENTS) for _ in range(self.dice.choice((1, 1, 1, 2, 3, 8)))]
        return who | {"events": events} | ({"first_party": True} if self.dice.random() < 0.05 else {})

    def _command(self) -> dict[str, Any]:
        """What a chat says."""
        dice, talk = self.dice, self._talk()
        said: dict[str, Any] = {"conversation": talk}
        name, more = dice.choice((
            ("chat.open", None), ("message.send", {"client_id": self._id(), "text": "How deep?", "data": None}),
            ("typing", {"text": "How d"}), ("message.read", {"seq": 1}), ("messages.after", {"seq": 0}),
            ("conversation.rate", {"score": 5, "comment": "Good"}), ("conversation.reopen", {}),
            ("articles.search", {"query": "drip"}), ("article.get", {"article": self._id()}), ("callback.slots", None),
            ("callback.request", {"client_id": self._id(), "phone": "+491711234567", "when": None, "topic": []}),
            ("card.dismiss", {"card": self._id()}), ("offer.answer", {"offer": self._id(), "answer": "accept"}),
            ("order.submit", {"form": self._id(), "client_id": "o", "lines": [{"product": self._id(), "quantity": 1}],
                              "contact": {"name": "Ann", "email": "a@b.example"}}), ("alert.accept", {"alert": "x"}),
        ))  # fmt: skip
        if name in (
            "articles.search",
            "article.get",
            "callback.request",
            "card.dismiss",
            "offer.answer",
            "order.submit",
        ):
            said = {}
        return {"site": "demo", "name": name, "data": {} if more is None else said | more, "language": "ru"}

    def _ask(self) -> dict[str, Any]:
        """A wait that has something to hear, so that it is no long one; its state bent by itself, too."""
        dice, talk = self.dice, self._talk()
        keys = ("conversation:{}:seq", "conversation:{}:read", "conversation:{}:closed", "invited:{}", "order:{}",
                "card:{}", "callback:{}")  # fmt: skip
        marks: Any = {
            key.format(dice.choice((talk, self._id()))): dice.choice((1, 0, 2**31, 12, "0123456789ab"))
            for key in dice.sample(keys, dice.randrange(len(keys) + 1))
        }
        if dice.random() < 0.3:
            marks = self._bent(marks)
        shut = dice.random() < 0.2
        return {
            "site": "demo", "conversation": "" if shut else talk, "after": 0, "state": written(marks),
            "frame": dice.choice("ab"), "patience": 1 if shut else 0, "language": "en",
        }  # fmt: skip

    def _talk(self) -> str:
        return self.dice.choice(list(self.talks.values())) or self._id()

    def _event(self, trusted: bool) -> dict[str, Any]:
        dice = self.dice
        made: dict[str, Any] = {"id": self._id(), "age": dice.choice((0, 5, 1_000, 60_000, WEEK, dice.randrange(WEEK)))}
        kind = dice.choice(("page.viewed", "page.viewed", "page.stayed", "page.left", "custom"))
        made["type"] = kind
        if kind == "page.viewed":
            made |= {"url": f"https://shop.example/{dice.randrange(50)}", "title": "A page", "referrer": "",
                     "path": dice.choice(([], ["A"], ["A", "B"], ["A", "B", "C", "D"])), "source": "call"}  # fmt: skip
        elif kind == "custom":
            made |= {"name": "cart.added", "props": {"sku": "a", "more": [1, {"x": None}]}}
        else:
            made |= {"page": self._id(), "dwell": dice.randrange(100_000), "scroll": dice.randrange(101)}
        if trusted and dice.random() < 0.7:
            made |= {"at": "2026-01-02T03:04:05.678Z", "user_agent": "Mozilla/5.0 (X11) Firefox/141.0", "ip": "::1"}
        return made

    def _word(self) -> str:
        """A site's signed word, more or less."""
        dice, now = self.dice, int(time.time())
        claims: dict[str, Any] = {"sub": f"user-{dice.randrange(30)}", "exp": now + 300, "iat": now}
        if dice.random() < 0.5:
            claims |= {"email": f"u{dice.randrange(30)}@b.example", "name": "Ann", "phone": "+491711234567"}
        for _ in range(dice.choice((0, 0, 1, 2))):
            claims[dice.choice(("sub", "exp", "iat", "nbf", "email", "name", "phone", "aud", "iss"))] = dice.choice(
                (None, -1, 2**70, 1e308, [], {}, "", "x" * 3_000, "\x00", "a@b@c", True, now + 10**6, [[1]] * 50)
            )
        try:
            with warnings.catch_warnings(action="ignore"):  # of a short key for the other algorithms
                made = jwt.encode(claims, self.secret, dice.choice(("HS256",) * 6 + ("HS384", "HS512")))
        except (TypeError, ValueError):
            return "x.y.z"
        parts = made.split(".")
        bent = dice.randrange(12)
        if bent == 0:
            return ".".join((self._b64(b'{"alg":"none"}'), parts[1], ""))
        if bent == 1:
            return ".".join((self._b64(b'{"alg":"HS256","crit":["x"],"kid":"../../x","jku":"http://x"}'), *parts[1:]))
        if bent == 2:
            return ".".join(parts[: dice.randrange(3)])
        if bent == 3:
            claims_as_bytes = dice.choice((b"[]", b"null", b"{", b'{"exp":1e999}', b"\xff"))
            return ".".join((parts[0], self._b64(claims_as_bytes), parts[2]))
        return made

    # --- bent in its parts --------------------------------------------------------------------------------------------

    def _bent(self, value: Any) -> Any:
        """One place of `value` replaced, left out, repeated, or given more."""
        places = list(_places(value))
        if not places:
            return self._nasty("")
        place = self.dice.choice(places)
        return _with(value, place, self._change)

    def _change(self, holder: Any, key: Any) -> Any:
        dice, how = self.dice, self.dice.randrange(10)
        pairs, plain = _pairs(holder), _is_plain(holder)
        if how == 0:
            return _Pairs([pair for pair in pairs if pair[0] != key], plain)
        if how == 1:
            return _Pairs([*pairs, (key, self._nasty(str(key)))], plain)  # the same key twice
        if how == 2:
            return _Pairs([*pairs, (dice.choice(("__proto__", "", "type", "\x00", "x" * 300)), 1)], plain)
        if plain and how == 3:
            return _Pairs(pairs * dice.choice((2, 30, 201)), True)
        return _Pairs([(k, self._nasty(str(key)) if k == key else v) for k, v in pairs], plain)

    def _nasty(self, key: str) -> Any:
        dice = self.dice
        if dice.random() < 0.5:
            if key in ("url", "referrer"):
                return dice.choice(URLS)
            if key in ("id", "page", "visitor"):
                return dice.choice((*IDS, self._id()))
            if key in ("title", "name", "user_agent", "source", "type", "site", "ip", "token"):
                return dice.choice(TEXTS)
            if key == "at":
                return dice.choice(TIMES)
        return Token(dice.choice(NASTY))

    # --- bent in its bytes --------------------------------------------------------------------------------------------

    def _gnawed(self, body: bytes) -> bytes:
        dice, made = self.dice, bytearray(body)
        for _ in range(dice.choice((1, 1, 2, 5))):
            at = dice.randrange(len(made) + 1)
            how = dice.randrange(6)
            if how == 0:
                del made[at:]
            elif how == 1 and at < len(made):
                made[at] ^= 1 << dice.randrange(8)
            elif how == 2:
                made[at:at] = dice.choice(NASTY).encode("utf-8", "surrogatepass")[:400]
            elif how == 3:
                made[at:at] = dice.choice(BYTES)
            elif how == 4:
                del made[at : at + dice.randrange(20)]
            else:
                made[at:at] = made[at : at + dice.randrange(60)]
        return bytes(made)

    def _sized(self, body: bytes) -> bytes:
        """Blown up with spaces to the limit and around it."""
        return body + b" " * max(KIB64 + self.dice.choice((-1, 0, 1, 5_000)) - len(body), 0)

    # --- as a request -------------------------------------------------------------------------------------------------

    def _request(self, path: str, body: bytes) -> Case:
        dice = self.dice
        odd = dice.random() < 0.25
        headers: list[tuple[bytes, bytes]] = [
            (b"Host", b"127.0.0.1"),
            (b"Content-Type", dice.choice(TYPES) if odd and dice.random() < 0.3 else b"text/plain;charset=UTF-8"),
            (b"User-Agent", dice.choice(AGENTS) if dice.random() < 0.2 else BROWSER),
            (b"Origin", dice.choice(ORIGINS) if odd and dice.random() < 0.3 else self.origin),
        ]
        if path == EVENTS:
            headers.pop()
            token = self.token if dice.random() < 0.95 else dice.choice(("", "x", "\x01", self.token[:-1]))
            headers.append((b"Authorization", b"Bearer " + token.encode()))
        if path in LINE:
            headers[1] = (b"Content-Type", dice.choice(TYPES) if odd and dice.random() < 0.3 else b"application/json")
            key = dice.choice(list(self.talks)) if dice.random() < 0.95 else dice.choice((*IDS[:4], "Z" * 32, "\x01"))
            headers.append((b"Authorization", b"Bearer " + key.encode()))
        if odd and dice.random() < 0.2:
            headers.append((b"Content-Encoding", dice.choice(ENCODINGS)))
        if odd and dice.random() < 0.3:
            headers.append((
                dice.choice((b"Accept-Language", b"Cookie", b"X-Forwarded-For", b"Forwarded", b"Sec-GPC", b"Range")),
                dice.choice(VALUES),
            ))  # fmt: skip
        if odd and dice.random() < 0.3:
            headers.append(dice.choice(headers))
        method = dice.choice((b"GET", b"PUT", b"OPTIONS", b"HEAD", b"post")) if odd and dice.random() < 0.1 else b"POST"
        alone = False
        length = [(b"Content-Length", str(len(body)).encode())]
        if odd and dice.random() < 0.3:
            alone = True
            how = dice.randrange(6)
            if how == 0:
                length = [(b"Transfer-Encoding", b"chunked")]
                body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in _cut(dice, body)) + b"0\r\n\r\n"
            elif how == 1:
                length = [(b"Transfer-Encoding", b"chunked")]
                body = dice.choice((b"zz\r\n", b"-1\r\nx", b"ffffffffffffffff\r\n", b"5\r\nabc", b"")) + body[:50]
            elif how == 2:
                length = [(b"Content-Length", str(len(body) + dice.choice((1, 100, 10**6))).encode())]
            elif how == 3:
                wrong = (b"-1", b"abc", b"", b"1e3", b"9" * 40, b"+5", b"\xc2\xb2", b"5, 5", b"0x10")
                length = [(b"Content-Length", dice.choice(wrong))]
            elif how == 4:
                length *= 2
            else:
                length = [*length, (b"Transfer-Encoding", dice.choice((b"chunked", b"gzip, chunked", b"x")))]
        head = b"".join(name + b": " + value + b"\r\n" for name, value in headers + length)
        raw = method + b" " + path.encode() + b" HTTP/1.1\r\n" + head + b"\r\n" + body
        return Case(path, raw, alone or method != b"POST")

    # --- small things -------------------------------------------------------------------------------------------------

    def _id(self) -> str:
        known = self.dice.random() < 0.3
        return self.dice.choice(self._ids) if known else str(uuid.UUID(int=self.dice.getrandbits(128)))

    def _hex(self, digits: int) -> str:
        return f"{self.dice.getrandbits(4 * digits):0{digits}x}"

    @staticmethod
    def _b64(text: bytes) -> str:
        return base64.urlsafe_b64encode(text).decode().rstrip("=")


class _Pairs(NamedTuple):
    """An object whose keys may come twice, or (`plain`) an array."""

    pairs: list[tuple[Any, Any]]
    plain: bool = False


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, _Pairs):
        return value.pairs
    return list(value.items()) if isinstance(value, dict) else list(enumerate(value))


def _is_plain(value: Any) -> bool:
    return value.plain if isinstance(value, _Pairs) else isinstance(value, list)


def _places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list | _Pairs):
        for key, item in _pairs(value):
            yield (*above, key)
            yield from _places(item, (*above, key))


def _with(value: Any, place: tuple[Any, ...], change: Any) -> Any:
    if len(place) == 1:
        return change(value, place[0])
    pairs = [(k, _with(v, place[1:], change) if k == place[0] else v) for k, v in _pairs(value)]
    return _Pairs(pairs, _is_plain(value))


def written(value: Any) -> str:
    """As JSON, or nearly."""
    if isinstance(value, Token):
        return str(value)
    if not isinstance(value, dict | list | _Pairs):
        return json.dumps(value, ensure_ascii=False)
    if _is_plain(value):
        return "[" + ",".join(written(v) for _, v in _pairs(value)) + "]"
    return "{" + ",".join(f"{json.dumps(str(k))}:{written(v)}" for k, v in _pairs(value)) + "}"


def _cut(dice: random.Random, body: bytes) -> list[bytes]:
    parts = []
    while body:
        size = dice.randrange(1, len(body) + 1)
        parts.append(body[:size])
        body = body[size:]
    return parts


# --- sending --------------------------------------------------------------------------------------------------------


class Sent(NamedTuple):
    """Answers by status (0: the connection ended without one), and the first cases that were answered wrongly."""

    statuses: Counter[int]
    wrong: list[tuple[int, Case]]
    without_words: list[Case]


async def send_all(port: int, cases: Iterator[Case], lanes: int = 32) -> Sent:
    """All cases over some connections; a 503 must say when to come again."""
    sent = Sent(Counter(), [], [])

    async def lane() -> None:
        reader: asyncio.StreamReader | None = None
        writer: asyncio.StreamWriter | None = None
        for case in cases:
            if writer is None or reader is None or case.alone:
                if writer is not None:
                    writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
            status, head = await _ask(reader, writer, case)
            sent.statuses[status] += 1
            if (status >= 500 and status != 503) or (status == 503 and b"retry-after" not in head.lower()):
                sent.wrong.append((status, case))
            if status == 0 and not case.alone:
                sent.without_words.append(case)
            if case.alone or status == 0 or b"connection: close" in head.lower():
                writer.close()
                reader = writer = None
        if writer is not None:
            writer.close()

    await asyncio.gather(*(lane() for _ in range(lanes)))
    return sent


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, case: Case) -> tuple[int, bytes]:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        writer.write(case.raw)
        if case.alone and writer.can_write_eof():
            writer.write_eof()
        async with asyncio.timeout(40):
            head = await reader.readuntil(b"\r\n\r\n")
            at = head.lower().find(b"content-length:")
            if at >= 0 and not case.alone:
                await reader.readexactly(int(head[at + 15 : head.index(b"\r", at)]))
        return int(head[9:12]), head
    return 0, b""
