"""A visitor whose WebSocket is blocked, as the frame does it: commands are posted, events are answers of a wait."""

import asyncio
import contextlib
import uuid
from typing import Any

import httpx

from tests.ears import Ears


class Asking(Ears):
    """One frame. It knows what it has of its conversation, and keeps the state that each answer gave it."""

    def __init__(self, url: str, key: str, *, site: str = "demo", frame: str = "", **headers: str) -> None:
        super().__init__()
        self.url, self.site, self.frame = url, site, frame or uuid.uuid4().hex
        self.conversation, self.after, self.state = "", 0, ""
        self.http = httpx.AsyncClient(
            timeout=40, headers={"Authorization": f"Bearer {key}", **{k: v for k, v in headers.items() if v}}
        )
        self._listening: asyncio.Task[None] | None = None
        self._asked: asyncio.Task[Any] | None = None

    async def connect(self) -> "Asking":
        """Hear what stands open, then everything that comes. Raises AssertionError where the server refuses."""
        await self.ask(0)
        self._listening = asyncio.create_task(self._listen())
        return self

    async def post(self, address: str, **body: Any) -> httpx.Response:
        return await self.http.post(f"{self.url}/visitor/{address}", json={"site": self.site, **body})

    async def ask(self, patience: int = 24, **other: Any) -> list[Any]:
        """One waiting call; what it answers is heard. `other`: fields that differ from what this frame would send."""
        body = {
            "conversation": self.conversation, "after": self.after, "state": self.state, "frame": self.frame,
            "patience": patience, **other,
        }  # fmt: skip
        answer = await self.post("wait", **body)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        self.state = told["state"]
        for event, data in told["events"]:
            if event == "message.added" and data["conversation"] == self.conversation:
                self.after = max(self.after, data["seq"])
            await self._heard(event, data)
        return list(told["events"])

    async def call(self, event: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await self.post("command", name=event, data=data or {})
        said: dict[str, Any] = answer.json()
        if not answer.is_success:
            assert answer.headers["content-type"] == "application/problem+json"
            assert said["error"].items() <= said.items()
            assert str(said["error"].get("retry_after")) == answer.headers.get("retry-after", "None")
            return {"error": said["error"]}
        if event == "chat.open" and said["conversation"] != self.conversation:
            self.conversation, self.after = said["conversation"], said["seq"]
            if self._asked is not None:
                self._asked.cancel()  # it was about another one
        return said

    async def _listen(self) -> None:
        while True:
            self._asked = asyncio.create_task(self.ask())
            await asyncio.wait([self._asked])
            if not self._asked.cancelled() and (failure := self._asked.exception()) is not None:
                await self._heard("listening.failed", {"why": repr(failure)})
                raise failure

    async def close(self) -> None:
        for task in (self._listening, self._asked):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        await self.http.aclose()
