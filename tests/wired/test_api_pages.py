"""The frame's document, the static files, the headers of every answer, and what stands in the stack."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.routing import Route

import service.static
from service.cookies import frame_hash
from service.web import EXCEPTION_HANDLERS, middleware
from tests.wired.api_house import House, house

OWN_POLICY = (
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self' ws: wss:", "base-uri 'none'",
    "require-trusted-types-for 'script'",
)  # fmt: skip


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        yield built


async def frame(here: House, site: str, origin: str, **headers: str):
    return await here.client.get("/frame", params={"site": site, "origin": origin}, headers=headers)


async def test_the_frame_may_be_held_by_exactly_the_page_that_asked(here: House):
    key = here.ours["key"]
    answer = await frame(here, key, f"https://{key}.example")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert f"frame-ancestors https://{key}.example;" in policy
    assert all(rule in policy for rule in OWN_POLICY)
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    page = answer.text
    assert f'data-site="{key}" data-origin="https://{key}.example" data-lang="en" data-contract="1"' in page
    # What stands in the page itself is one style and one script of ours, each named by its hash.
    inline = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)
    assert sorted(kind for kind, _ in inline.findall(page)) == ["script", "style"]
    for _, text in inline.findall(page):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy
    assert not re.search(r"<script(?![^>]*src=)|style=|<style|\son\w+=", inline.sub("", page))


async def test_a_foreign_origin_and_an_unknown_site_get_the_same_nothing(here: House):
    key = here.ours["key"]
    good = f"https://{key}.example"
    refused = [
        await frame(here, key, f"https://{here.theirs['key']}.example"),
        await frame(here, "nowhere", good),
        await frame(here, key, f"{good}/"),
        await frame(here, key, f"{good}.evil.example"),
        await frame(here, key, f"{good}; script-src *"),
        await frame(here, key, "null"),
        await frame(here, key, ""),
        await frame(here, key, '"><script>'),
    ]
    assert {answer.status_code for answer in refused} == {404}
    assert len({answer.content for answer in refused}) == 1
    assert all("frame-ancestors 'none'" in answer.headers["content-security-policy"] for answer in refused)
    assert not any("set-cookie" in answer.headers for answer in refused)


async def test_the_frame_brings_its_secret_once(here: House):
    key = here.ours["key"]
    first = await frame(here, key, f"https://{key}.example")
    said = first.headers["set-cookie"]
    assert re.fullmatch(
        r"__Host-shopbell-frame=[\w-]{43}; Secure; HttpOnly; SameSite=None; Partitioned; Path=/; Max-Age=34560000", said
    )
    again = await frame(here, key, f"https://{key}.example", cookie=said.partition(";")[0])
    assert "set-cookie" not in again.headers
    assert frame_hash(said.partition(";")[0])
    forged = await frame(here, key, f"https://{key}.example", cookie="__Host-shopbell-frame=mine")
    assert "set-cookie" in forged.headers


async def test_no_secure_cookie_is_tried_where_none_is_kept(here: House):
    key = here.ours["key"]
    answer = await here.client.get(f"http://bell.office/frame?site={key}&origin=https://{key}.example")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


async def test_the_frame_speaks_the_visitors_language(here: House):
    key = here.ours["key"]
    assert 'data-lang="ru"' in (await frame(here, key, f"https://{key}.example", **{"accept-language": "ru"})).text


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A front-end as the build leaves it."""
    for name, text in {
        "shopbell.js": "snippet",
        "frame/frame.js": "frame",
        "host.js": "host",
        "frame/frame.css": "css",
        "console/index.html": "<!doctype html><title>Shopbell</title>",
        "console/assets/index-Ab12Cd34.js": "console",
        "console/bell.svg": "<svg/>",
        "console/notes.exe": "never served",
    }.items():
        file = tmp_path / "assets" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "assets"


@pytest.mark.parametrize(
    ("path", "status", "text", "kind"),
    [
        ("/shopbell.js", 200, "snippet", "text/javascript; charset=utf-8"),
        ("/host.js", 200, "host", "text/javascript; charset=utf-8"),
        ("/assets/frame/frame.js", 200, "frame", "text/javascript; charset=utf-8"),
        ("/assets/frame/frame.css", 200, "css", "text/css; charset=utf-8"),
        ("/console/", 200, "<!doctype html>", "text/html; charset=utf-8"),
        ("/console", 200, "<!doctype html>", "text/html; charset=utf-8"),
        ("/console/reports/tree", 200, "<!doctype html>", "text/html; charset=utf-8"),
        ("/console/bell.svg", 200, "<svg/>", "image/svg+xml"),
        ("/console/assets/index-Ab12Cd34.js", 200, "console", "text/javascript; charset=utf-8"),
        ("/console/assets/missing.js", 404, "", "application/problem+json"),
        ("/console/notes.exe", 200, "<!doctype html>", "text/html; charset=utf-8"),
        ("/assets/frame/..%2f..%2fshopbell.js", 404, "", "application/problem+json"),
        ("/console/assets/..%2f..%2f..%2fapp.py", 404, "", "application/problem+json"),
        ("/assets/frame/secret_key", 404, "", "application/problem+json"),
    ],
)
async def test_only_the_files_of_the_build_are_served(built: Path, path, status, text, kind):
    app = Starlette(routes=service.static.routes(built), middleware=middleware(), exception_handlers=EXCEPTION_HANDLERS)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
        assert answer.text.startswith(text)
        assert answer.headers["x-content-type-options"] == "nosniff"
        if status == 200:
            same = await client.get(path, headers={"If-None-Match": answer.headers["etag"]})
            assert (same.status_code, same.content) == (304, b"")
            for headers in ({"Accept-Encoding": "gzip"}, {"Accept-Language": "ru"}, {"Origin": "https://x.example"}):
                other = await client.get(path, headers=headers)
                assert (other.content, other.headers) == (answer.content, answer.headers)


async def test_any_page_may_load_the_snippet_and_nothing_else_of_ours(built: Path):
    assets = service.static.read_assets(built)
    open_to_all = {name for name, asset in assets.items() if asset.headers.get("Access-Control-Allow-Origin") == "*"}
    assert open_to_all == {"shopbell.js", "host.js"}
    assert all(assets[name].headers["Cross-Origin-Resource-Policy"] == "cross-origin" for name in open_to_all)


async def test_a_version_of_the_snippet_has_an_address_of_its_own_for_ever(built: Path, tmp_path: Path):
    """Done: a release is served, then the next one. Expected: both versions, immutable, each its own bytes."""
    kept = tmp_path / "data" / "snippets"

    def release(body: str) -> httpx.AsyncClient:
        (built / "shopbell.js").write_text(body)
        app = Starlette(routes=service.static.routes(built, kept), exception_handlers=EXCEPTION_HANDLERS)
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")

    old, new = f"/{service.static.version(b'first')}", f"/{service.static.version(b'second')}"
    async with release("first") as client:
        assert (await client.get(old)).text == "first"
        assert (await client.get(new)).status_code == 404
    async with release("second") as client:
        for path, body in ((old, "first"), (new, "second")):
            answer = await client.get(path)
            assert (answer.status_code, answer.text) == (200, body)
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert answer.headers["access-control-allow-origin"] == "*"
            assert answer.headers["content-type"].startswith("text/javascript")
        newest = await client.get("/shopbell.js")
        assert (newest.text, newest.headers["cache-control"]) == ("second", "public, max-age=300")
        for path in ("/shopbell.0123456789abcdef.js", "/shopbell..js", "/shopbell.%2e%2e%2fsecret_key.js"):
            assert (await client.get(path)).status_code == 404
    (kept / old[1:]).write_text("changed by somebody")
    async with release("second") as client:
        assert (await client.get(old)).status_code == 404


async def test_a_data_folder_that_cannot_be_written_to_hides_no_snippet(built: Path, tmp_path: Path):
    (tmp_path / "file").write_text("no folder")
    routes = service.static.routes(built, tmp_path / "file" / "snippets")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(Starlette(routes=routes)), base_url="http://localhost"
    ) as client:
        assert (await client.get(f"/{service.static.version(b'snippet')}")).text == "snippet"


async def test_every_answer_has_manners(here: House):
    for path in ("/api/session", "/api/openapi.json", "/healthz", "/frame", "/console/", "/nowhere", "/shopbell.js"):
        answer = await here.client.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["referrer-policy"] == "same-origin", path
        assert "default-src 'none'" in answer.headers["content-security-policy"], path
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path
    assert (await here.client.get("/api/session")).headers["cache-control"] == "no-store"


def test_no_middleware_of_the_slow_kind_is_in_the_stack():
    assert not [each for each in middleware() if issubclass(each.cls, BaseHTTPMiddleware)]  # type: ignore[arg-type]


async def test_health_says_alive_ready_and_figures(here: House):
    assert (await here.client.get("/healthz")).text == "ok\n"
    assert (await here.client.get("/readyz")).status_code == 200
    figures = (await here.ask("GET", "/metrics", "admin")).text
    assert 'shopbell_sockets{namespace="expert"}' in figures
    here.bell.ready = False
    answer = await here.client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    here.bell.ready = True


async def test_figures_are_for_this_machine_and_for_administrators(here: House):
    """From elsewhere, a proxy beside us among it, only with an administrator's token."""

    async def ask(peer: str, host: str, **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(here.client._transport.app, client=(peer, 40_000))  # type: ignore[attr-defined]
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.get("/metrics", headers=headers)

    assert (await ask("127.0.0.1", "localhost:8000")).status_code == 200
    assert (await ask("::1", "[::1]:8000")).status_code == 200
    token = {"Authorization": f"Bearer {here.tokens['admin']}"}
    assert (await ask("192.0.2.7", "bell.example", **token)).status_code == 200
    for refused in (
        await ask("192.0.2.7", "bell.example"),
        await ask("192.0.2.7", "localhost:8000"),
        await ask("127.0.0.1", "localhost:8000", **{"X-Forwarded-For": "192.0.2.7"}),
        await ask("127.0.0.1", "bell.example"),
        await ask("192.0.2.7", "bell.example", Authorization="Bearer nonsense"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
        assert refused.json()["detail"]
    expert = {"Authorization": f"Bearer {here.tokens['expert']}"}
    assert (await ask("192.0.2.7", "bell.example", **expert)).status_code == 403


def test_every_route_has_a_path_of_its_own():
    import service.api
    import service.frame

    routes: list[Route] = [*service.api.routes(), *service.frame.routes(), *service.static.routes()]
    paths = [route.path for route in routes]
    assert len(paths) == len(set(paths))
