"""What a client of the product hears, and how a test waits for it: the same over a socket and over HTTP."""

import asyncio
import contextlib
import time
from typing import Any, Protocol


class HasPage(Protocol):
    """A browser whose pages have an address of their own: by it a test knows its own visit."""

    page: str


def _fits(value: Any, wanted: Any) -> bool:
    return bool(wanted(value)) if callable(wanted) else value == wanted


class Ears:
    """Events are kept in order; `wait` gives the first that fits."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Any]] = []
        self._news = asyncio.Event()

    async def call(self, event: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a command and wait for its answer, refusals included."""
        raise NotImplementedError

    async def close(self) -> None:
        """Go away."""
        raise NotImplementedError

    async def _heard(self, event: str, data: Any = None) -> None:
        self.events.append((event, data))
        self._news.set()

    async def done(self, event: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer of a command that must succeed."""
        answer = await self.call(event, data)
        assert answer.get("ok") is True, f"{event}: {answer}"
        return answer

    async def refused(self, event: str, data: dict[str, Any] | None = None) -> str:
        """The code of a command that must be refused, with a sentence."""
        answer = await self.call(event, data)
        assert answer["error"]["detail"]
        return str(answer["error"]["code"])

    async def wait(self, event: str, seconds: float = 5.0, **fields: Any) -> Any:
        """The first `event` whose data has these fields; a field may also be given as a test of its value."""
        deadline = time.monotonic() + seconds
        while True:
            for name, data in self.events:
                if name == event and all(_fits(data.get(key), value) for key, value in fields.items()):
                    return data
            self._news.clear()
            left = deadline - time.monotonic()
            try:
                await asyncio.wait_for(self._news.wait(), max(left, 0.001))
            except TimeoutError:
                raise AssertionError(f"no {event} {fields} within {seconds} s; heard {self.events}") from None

    def heard(self, event: str) -> list[Any]:
        return [data for name, data in self.events if name == event]

    def alerts(self, browser: HasPage) -> list[Any]:
        """The bells that this desk has heard of this browser; those of earlier tests may still ring."""
        return [alert for alert in self.heard("alert.raised") if alert["visit"]["url"] == browser.page]

    async def alert(self, browser: HasPage, seconds: float = 5.0, **fields: Any) -> Any:
        """Wait for the bell of this browser."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for alert in self.alerts(browser):
                if all(alert.get(key) == value for key, value in fields.items()):
                    return alert
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), max(deadline - time.monotonic(), 0.001))
        raise AssertionError(f"no bell {fields} within {seconds} s; heard {self.alerts(browser)}")


async def hears_typing(writes: Ears, hears: Ears, conversation: str) -> Any:
    """What `hears` is told while the other goes on writing. It is never stored: told to whoever listens just then."""
    for _ in range(10):
        await writes.done("typing", {"conversation": conversation})
        with contextlib.suppress(AssertionError):
            return await hears.wait("typing", 0.5)
    raise AssertionError("typing was never heard")
