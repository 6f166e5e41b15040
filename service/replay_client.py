"""A patient caller: waits when the server says "later", and says in a sentence why it gave up."""

import asyncio
import random
from types import TracebackType
from typing import Self

import httpx

TRIES = 12
_LATER = frozenset({408, 425, 429, 502, 503, 504})
_LONGEST_WAIT = 30.0
#: What only a person can mend: a wrong token, a wrong site, no such address. Nothing is gained by going on.
_NO = frozenset({401, 403, 404, 405})


class ReplayError(Exception):
    """The server cannot be reached or does not let us in; the text is for a person."""


class Client:
    """One server. Everything posted is idempotent, so whatever is in doubt is posted again."""

    def __init__(self, url: str, *, token: str = "") -> None:
        self._base = url.rstrip("/")
        host = httpx.URL(self._base).host
        self._http = httpx.AsyncClient(
            headers={"authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(60.0, connect=10.0),
            trust_env=host not in ("localhost", "127.0.0.1", "::1"),  # no proxy stands between us and ourselves
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def post(self, path: str, body: bytes, *, user_agent: str | None = None) -> httpx.Response:
        """An answer that stands: a 2xx, or a refusal of this body. ReplayError for any other."""
        headers = {"content-type": "application/json"}
        if user_agent is not None:
            headers["user-agent"] = user_agent
        problem = ""
        for attempt in range(TRIES):
            try:
                answer = await self._http.post(self._base + path, content=body, headers=headers)
            except httpx.TransportError as error:
                problem = f"{self._base} does not answer ({type(error).__name__})"
                await asyncio.sleep(_pause(attempt, None))
                continue
            if answer.status_code in _NO:
                raise ReplayError(f"{self._base}{path} answers {answer.status_code}: {_words(answer)}")
            if answer.status_code not in _LATER:
                return answer
            problem = f"{self._base}{path} answers {answer.status_code}: {_words(answer)}"
            await asyncio.sleep(_pause(attempt, answer.headers.get("retry-after")))
        raise ReplayError(f"{problem}, {TRIES} times in a row")


def _pause(attempt: int, asked: str | None) -> float:
    """Seconds: what the server asked for, else 0.2, 0.4, 0.8 … at most 30; with jitter, so that callers spread out."""
    seconds = float(asked) if asked and asked.isdecimal() else 0.2 * float(2**attempt)
    return min(seconds, _LONGEST_WAIT) * random.uniform(1.0, 1.3)


def _words(answer: httpx.Response) -> str:
    """What the server said, if it said it in our manner."""
    try:
        said = answer.json()
        return str(said.get("detail") or said.get("title") or said)[:300]
    except (ValueError, AttributeError):
        return answer.text[:300] or answer.reason_phrase
