"""Files over HTTP, the same for both doors: how one is sent to us, and under which headers it goes out.

Whatever may hide in the bytes is harmless by these headers: the browser is told what it is and may not guess
(`nosniff`), shows the four kinds of picture alone and saves the rest, runs nothing (`sandbox`), and lends it to no page
of somebody else (`Cross-Origin-Resource-Policy`).
"""

import structlog
from sqlalchemy import RowMapping
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from chat.filenames import disposition, from_header
from contract.errors import Refused
from contract.text import has_forbidden
from service.bell import Bell
from service.files import Files
from service.flows.files import Incoming
from service.flows.transcripts import Paper

CLIENT_ID, NAME = "x-client-id", "x-file-name"
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
#: The browser keeps it and asks each time whether one may still see it: what was erased is not shown again.
CACHING = "private, no-cache"
log = structlog.get_logger()


def incoming(request: Request, conversation: str) -> Incoming:
    """The request as a file that is sent. Refused: invalid (no client id), unsupported_type (a compressed body)."""
    headers = request.headers
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refused("unsupported_type")
    client_id = headers.get(CLIENT_ID, "").strip()
    if not 0 < len(client_id) <= 64 or has_forbidden(client_id):
        raise Refused("invalid", "X-Client-Id")
    said = headers.get("content-length", "")
    size = int(said[:20]) if said.isascii() and said.isdigit() else None
    return Incoming(
        conversation=conversation,
        client_id=client_id,
        name=from_header(headers.get(NAME, "")),
        size=size,
        parts=request.stream(),
    )


def outgoing(bell: Bell, request: Request, row: RowMapping) -> Response:
    """The file of this row, whose reader has been let in. Refused("unavailable") where the bytes are not here."""
    headers = safe_headers(disposition(row["name"], inline=row["type"].startswith("image/")))
    headers["ETag"] = etag = f'"{row["id"]}"'
    if etag in [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(None, 304, headers)
    if not bell.files.lies_here(row["id"], row["size"]):
        log.error("files.missing", file=row["id"])  # the folder is not the one of the other machine, or was cut
        raise Refused("unavailable")
    headers["Content-Length"] = str(row["size"])
    return _Sending(bell.files, row["id"], headers, row["type"])


def safe_headers(content_disposition: str) -> dict[str, str]:
    """What goes out with anything that somebody else made."""
    return {
        "Content-Disposition": content_disposition,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": CACHING,
    }


def on_paper(paper: Paper) -> Response:
    """A transcript, to be saved: it is a page that holds strangers' words, and never opens on our address."""
    headers = safe_headers(disposition(paper.name, inline=False)) | {"Cache-Control": "no-store"}
    return Response(paper.body, 200, headers, paper.media_type)


class _Sending(Response):
    """A file, piece by piece: as quickly as it is read, and never whole in memory."""

    def __init__(self, files: Files, file_id: str, headers: dict[str, str], media_type: str) -> None:
        super().__init__(None, 200, headers, media_type)
        self._files, self._file_id = files, file_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] != "HEAD":
            async for piece in self._files.pieces(self._file_id):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
