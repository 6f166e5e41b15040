"""The front-end as it was built: a fixed list of files, read once at start, the same bytes for everybody.

Nothing is looked up on the disk by a name from outside, and no answer depends on a request's headers (but for the 304
of an unchanged file), so that any cache in between is safe.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contract.errors import Refused
from service.web import PAGE_POLICY

FOLDER = Path(__file__).parent / "assets"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".json": "application/json",
    ".woff2": "font/woff2",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".txt": "text/plain; charset=utf-8",
}
#: Scripts that run in a customer's page: every origin may load them.
FOR_ANY_PAGE = frozenset({"shopbell.js", "assets/frame/host.js"})
CONSOLE = "console/index.html"
_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")


@dataclass(frozen=True)
class Asset:
    """A file as it is sent. `etag` is the hash of its bytes."""

    body: bytes
    media_type: str
    etag: str
    headers: Mapping[str, str]


def read_assets(folder: Path = FOLDER) -> dict[str, Asset]:
    """Every file of the built front-end by its path in a URL. Empty while nothing is built."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.suffix in TYPES)
    return {_address(file.relative_to(folder).as_posix()): _asset(file, folder) for file in files}


def _address(name: str) -> str:
    """`frame/frame.js` is served at `/assets/frame/frame.js`; snippet and console lie where they are."""
    return f"assets/{name}" if name.startswith("frame/") else name


def _asset(file: Path, folder: Path) -> Asset:
    name, body = _address(file.relative_to(folder).as_posix()), file.read_bytes()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": _caching(name)}
    if name in FOR_ANY_PAGE:
        headers |= {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
    if name.endswith(".html"):
        headers |= {"Content-Security-Policy": PAGE_POLICY.format(ancestors="'none'")}
    return Asset(body, TYPES[file.suffix], etag, headers)


def _caching(name: str) -> str:
    if name.startswith("console/assets/") and _HASHED.search(name):
        return "public, max-age=31536000, immutable"
    if name in FOR_ANY_PAGE:
        return "public, max-age=300"
    return "no-cache"


def send(asset: Asset | None, request: Request) -> Response:
    """The file, or 304 when the browser has just these bytes. Refused("not_found") for None."""
    if asset is None:
        raise Refused("not_found")
    if request.headers.get("if-none-match") == asset.etag:
        return Response(None, 304, dict(asset.headers))
    return Response(asset.body, 200, {**asset.headers, "Content-Type": asset.media_type})


def routes(folder: Path = FOLDER) -> list[Route]:
    """Snippet, frame files and the console. Read the folder once, now."""
    assets = read_assets(folder)

    async def snippet(request: Request) -> Response:
        return send(assets.get("shopbell.js"), request)

    async def frame_file(request: Request) -> Response:
        return send(assets.get(f"assets/frame/{request.path_params['name']}"), request)

    async def console(request: Request) -> Response:
        name = f"console/{request.path_params.get('name', '')}"
        if name in assets:
            return send(assets[name], request)
        if name.startswith("console/assets/"):
            raise Refused("not_found")
        return send(assets.get(CONSOLE), request)  # the console finds its own screen

    return [
        Route("/shopbell.js", snippet),
        Route("/assets/frame/{name}", frame_file),
        Route("/console", console),
        Route("/console/{name:path}", console),
    ]
