"""Real input lies beside the project and is read from there: `../shared/data`, or where SHOPBELL_REAL_DATA says."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from store.connect import open_store
from tests.conftest import in_own_loop
from tests.running import PASSWORD, ROOT, Server


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """`real_data("folder/file")` -> where it lies; the test is skipped, with what is missing, where it does not."""

    def find(name: str) -> Path:
        configured = os.environ.get("SHOPBELL_REAL_DATA")
        places = [Path(configured)] if configured else [ROOT.parent / "shared" / "data"]
        for place in places:
            if (place / name).is_file():
                return place / name
        pytest.skip(
            f"The real input {name} is missing. It belongs into ../shared/data beside the project, "
            "or into the folder that SHOPBELL_REAL_DATA names."
        )

    return find


class Told:
    """A running server, told of the past by `shopbell replay`; and what its base says then."""

    def __init__(self, server: Server, database_url: str) -> None:
        self.server, self._database_url = server, database_url
        self._http = httpx.Client(base_url=server.other, timeout=60)
        signed_in = self._http.post("/api/session", json={"email": "admin@demo.example", "password": PASSWORD})
        assert signed_in.status_code == 200, signed_in.text
        self._http.headers["authorization"] = f"Bearer {signed_in.json()['token']}"

    def replay(self, file: Path, format: str, *more: str) -> dict[str, int]:
        """What the command prints as its last line."""
        token = self._http.headers["authorization"].removeprefix("Bearer ")
        run = subprocess.run(
            [
                sys.executable, "-m", "service.cli", "replay", str(file), "--format", format, *more,
                "--url", self.server.other, "--site", "demo", "--token", token,
            ],
            cwd=ROOT, env=self.server.environment, capture_output=True, text=True, timeout=280, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        counts: dict[str, int] = json.loads(run.stdout.splitlines()[-1])
        return counts

    def overview(self, **asked: str) -> dict[str, Any]:
        answer = self._http.get("/api/reports/overview", params={"site": "demo", **asked})
        assert answer.status_code == 200, answer.text
        overview: dict[str, Any] = answer.json()
        return overview

    def ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(path, json=body)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def send(self, path: str, body: bytes, kind: str) -> dict[str, Any]:
        """A file, as the API takes it."""
        answer = self._http.post(path, content=body, headers={"Content-Type": kind})
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def site(self) -> str:
        """The id of the demo's site."""
        id_: str = next(one["id"] for one in self._http.get("/api/sites").json()["items"] if one["key"] == "demo")
        return id_

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What stands in the base, past the product's own reports."""

        async def read() -> list[tuple[Any, ...]]:
            store = open_store(self._database_url)
            try:
                return await store.read(lambda conn: [tuple(row) for row in conn.execute(text(sql))])
            finally:
                await store.close()

        found: list[tuple[Any, ...]] = in_own_loop(read())
        return found

    def close(self) -> None:
        self._http.close()


@pytest.fixture(params=["embedded", "scaled-out"])
def told(
    request: pytest.FixtureRequest, new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """A server with an empty base, on SQLite and on PostgreSQL."""
    folder = tmp_path_factory.mktemp("data")
    if request.param == "embedded":
        server, url = Server(folder), f"sqlite:///{folder / 'shopbell.sqlite3'}"
    else:
        url = new_database("postgres")
        server = Server(folder, url, request.getfixturevalue("valkey_server").url())
    server.start()
    try:
        told = Told(server, url)
        yield told
        told.close()
    finally:
        server.stop()
