"""The front-end as it was built: a fixed list of files, read once at start, the same bytes for everybody.

Nothing is looked up on the disk by a name from outside, and no answer depends on a request's headers but for the 304
of an unchanged file and for whether it may be packed, which `Vary` says, so that any cache in between is safe.

The snippet has two addresses: `/shopbell.js`, always the newest, and `/shopbell.HASH.js`, whose bytes never change, for
pages that pin them (subresource integrity). Every build that was ever served is kept in the data folder, so that such a
page keeps its bell after an upgrade.
"""

import base64
import gzip
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contract.errors import Refused
from service.web import CONSOLE_POLICY

log = structlog.get_logger()
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
SNIPPET, HOST = "shopbell.js", "host.js"
FOR_ANY_PAGE = frozenset({SNIPPET, HOST})
#: Kinds that are worth packing.
PACKED = frozenset({".js", ".css", ".html", ".svg", ".json", ".txt"})
FOR_EVER = "public, max-age=31536000, immutable"
CONSOLE = "console/index.html"
_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
_VERSION = re.compile(r"shopbell\.[0-9a-f]{16}\.js")


VERSION_CHARS = 16

#: What lets a foreign page load a script, and check its bytes.
_ANY_PAGE = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}


@dataclass(frozen=True)
class Asset:
    """A file as it is sent. `etag` is the hash of its bytes."""

    body: bytes
    suffix: str
    etag: str
    headers: Mapping[str, str]

    @property
    def media_type(self) -> str:
        return TYPES[self.suffix]

    @cached_property
    def packed(self) -> bytes | None:
        """The same with gzip, where that is worth it; made when somebody first asks for it, kept from then on."""
        packed = gzip.compress(self.body, 9, mtime=0) if self.suffix in PACKED else self.body
        return packed if len(packed) < len(self.body) else None


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
        headers |= _ANY_PAGE
    if name.endswith(".html"):
        headers |= {"Content-Security-Policy": CONSOLE_POLICY}
    return Asset(body, file.suffix, etag, headers)


def _caching(name: str) -> str:
    if name.startswith("console/assets/") and _HASHED.search(name):
        return FOR_EVER
    if name in FOR_ANY_PAGE:
        return "public, max-age=300"
    return "no-cache"


def version(body: bytes) -> str:
    """The name of these bytes of the snippet: `shopbell.HASH.js`."""
    return f"shopbell.{hashlib.sha256(body).hexdigest()[:16]}.js"


def version_of(body: bytes) -> str:
    """What `?v=` says of a file that will be kept for ever: just these bytes are meant."""
    return hashlib.sha256(body).hexdigest()[:VERSION_CHARS]


def integrity(body: bytes) -> str:
    """What a page writes into `integrity=` to get these bytes or none: `sha384-…`."""
    return f"sha384-{base64.b64encode(hashlib.sha384(body).digest()).decode()}"


def snippet(folder: Path = FOLDER) -> bytes | None:
    """The snippet as it is built now; None while nothing is built."""
    file = folder / SNIPPET
    return file.read_bytes() if file.is_file() else None


def keep_version(kept: Path, folder: Path = FOLDER) -> None:
    """Keep the snippet that we serve in `kept`, for pages that will pin it; whole or not at all.

    A folder that cannot be written to is no reason not to serve: the newest version has its address all the same.
    """
    body = snippet(folder)
    if body is None or (kept / version(body)).is_file():
        return
    part = kept / f".{version(body)}.{os.getpid()}"
    try:
        kept.mkdir(parents=True, exist_ok=True)
        part.write_bytes(body)
        part.replace(kept / version(body))
    except OSError as error:
        log.warning("snippet.not_kept", folder=str(kept), error=str(error))


def read_versions(kept: Path | None, folder: Path = FOLDER) -> dict[str, Asset]:
    """Every version of the snippet by its name: the newest, and those of earlier releases in `kept`."""
    files = sorted(kept.glob("shopbell.*.js")) if kept is not None else []
    bodies = [file.read_bytes() for file in files if _VERSION.fullmatch(file.name)]
    newest = snippet(folder)
    # Named by what is in it, not by what it is called: a file that somebody changed is not served under its old name.
    return {version(body): _for_ever(body) for body in [*bodies, *([newest] if newest else [])]}


def _for_ever(body: bytes) -> Asset:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Asset(body, ".js", etag, {"ETag": etag, "Cache-Control": FOR_EVER, **_ANY_PAGE})


def send(asset: Asset | None, request: Request) -> Response:
    """The file, or 304 when the browser has just these bytes. Refused("not_found") for None."""
    if asset is None:
        raise Refused("not_found")
    headers = {**asset.headers, "Vary": "Accept-Encoding"}
    if request.query_params.get("v") == asset.etag.strip('"')[:VERSION_CHARS]:
        headers["Cache-Control"] = FOR_EVER  # whoever asks for just these bytes may keep them
    # A packed file is another one to a cache, but the same to us.
    packed_etag = f'{asset.etag[:-1]}-gzip"'
    if request.headers.get("if-none-match") in (asset.etag, packed_etag):
        return Response(None, 304, headers)
    if "gzip" in request.headers.get("accept-encoding", "") and asset.packed is not None:
        headers |= {"Content-Encoding": "gzip", "ETag": packed_etag}
        return Response(asset.packed, 200, {**headers, "Content-Type": asset.media_type})
    return Response(asset.body, 200, {**headers, "Content-Type": asset.media_type})


def routes(folder: Path = FOLDER, kept: Path | None = None) -> list[Route]:
    """Snippet, frame files and the console. Read the folder once, now. `kept`: where earlier snippets are."""
    assets = read_assets(folder)
    if kept is not None:
        keep_version(kept, folder)
    versions = read_versions(kept, folder)

    async def newest(request: Request) -> Response:
        return send(assets.get(SNIPPET), request)

    async def pinned(request: Request) -> Response:
        return send(versions.get(f"shopbell.{request.path_params['hash']}.js"), request)

    async def host(request: Request) -> Response:
        return send(assets.get(HOST), request)

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
        Route("/shopbell.js", newest),
        Route("/shopbell.{hash}.js", pinned),
        Route("/host.js", host),
        Route("/assets/frame/{name}", frame_file),
        Route("/console", console),
        Route("/console/{name:path}", console),
    ]
