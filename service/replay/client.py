"""A patient caller: waits when the server says "later", and says in a sentence why it gave up.

The standard library's client in a few threads: a file has a hundred thousand visits, and it costs a fifth of what a
friendlier one does per request.
"""

import asyncio
import http.client
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import msgspec

TRIES = 12
#: Requests under way at the same time.
CONNECTIONS = 8
_LATER = frozenset({408, 425, 429, 502, 503, 504})
_LONGEST_WAIT = 30.0
_SECONDS = 60.0
#: What only a person can mend: a wrong token, a wrong site, no such address. Nothing is gained by going on.
_NO = frozenset({401, 403, 404, 405})


class ReplayError(Exception):
    """The server cannot be reached or does not let us in; the text is for a person."""


class Answer(msgspec.Struct, frozen=True):
    """`retry_after` in seconds, where the server named them."""

    status: int
    content: bytes
    retry_after: float | None

    @property
    def words(self) -> str:
        """What the server said, if it said it in our manner."""
        try:
            said = msgspec.json.decode(self.content)
            return str(said.get("detail") or said.get("title") or said)[:300]
        except (msgspec.DecodeError, UnicodeDecodeError, AttributeError):
            return self.content[:300].decode(errors="replace")


class Client:
    """One server. Everything posted is idempotent, so whatever is in doubt is posted again."""

    def __init__(self, url: str, *, token: str = "") -> None:
        self._url = url.rstrip("/")
        parts = urlsplit(self._url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url} is no address: it begins with http:// or https://")
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname, parts.port
        self._prefix = parts.path
        self._headers = {"content-type": "application/json", "user-agent": "shopbell-replay"}
        if token:
            self._headers["authorization"] = f"Bearer {token}"
        self._own = threading.local()
        self._open: list[http.client.HTTPConnection] = []
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="replay")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._threads.shutdown, wait=True, cancel_futures=True)
        for connection in self._open:
            connection.close()

    async def post(self, path: str, body: bytes, *, user_agent: str | None = None) -> Answer:
        """An answer that stands: a 2xx, or a refusal of this body. ReplayError for any other."""
        headers = self._headers if user_agent is None else {**self._headers, "user-agent": user_agent}
        loop = asyncio.get_running_loop()
        problem = ""
        for attempt in range(TRIES):
            asked: float | None = None
            try:
                answer = await loop.run_in_executor(self._threads, self._post, path, body, headers)
            except (OSError, http.client.HTTPException) as error:
                problem = f"{self._url} does not answer ({type(error).__name__})"
            else:
                problem = f"{self._url}{path} answers {answer.status}: {answer.words}"
                if answer.status in _NO:
                    raise ReplayError(problem)
                if answer.status not in _LATER:
                    return answer
                asked = answer.retry_after
            await asyncio.sleep(_pause(attempt, asked))
        raise ReplayError(f"{problem}, {TRIES} times in a row")

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """In a thread, over the connection that this thread keeps."""
        connection: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            connection = self._own.connection = kind(self._host, self._port, timeout=_SECONDS)
            self._open.append(connection)
        try:
            connection.request("POST", self._prefix + path, body, headers)
            response = connection.getresponse()
            content = response.read()
        except BaseException:
            connection.close()  # the next request opens it anew
            raise
        asked = response.headers.get("retry-after", "")
        return Answer(response.status, content, float(asked) if asked.isdecimal() else None)


def _pause(attempt: int, asked: float | None) -> float:
    """Seconds: what the server asked for, else 0.2, 0.4, 0.8 … at most 30; with jitter, so that callers spread out."""
    seconds = 0.2 * float(2**attempt) if asked is None else asked
    return min(seconds, _LONGEST_WAIT) * random.uniform(1.0, 1.3)
