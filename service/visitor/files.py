"""`/visitor/files` and `/visitor/transcript`: what a visitor sends, looks at, and takes home (`contract.files`)."""

from sqlalchemy import Connection, RowMapping
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import chat.files
from contract.errors import Refused
from contract.files import TranscriptAsk
from service.api.operation import as_json
from service.file_http import incoming, on_paper, outgoing
from service.flows.files import visitor_sends
from service.flows.transcript_mail import visitor_mails
from service.flows.transcripts import visitor_takes
from service.visitor.door import Visitor
from service.web import bell_of, decode


async def send(request: Request) -> Response:
    """A file into one of their conversations."""
    visitor = Visitor(bell_of(request), request)
    file = incoming(request, request.query_params.get("conversation", ""))
    return _theirs(as_json(await visitor_sends(visitor.bell, await visitor.caller(file.conversation), file)))


async def look(request: Request) -> Response:
    """A file of one of their conversations."""
    visitor = Visitor(bell_of(request), request)
    file_id: str = request.path_params["id"]

    def read(conn: Connection) -> RowMapping:
        row = chat.files.file_row(conn, file_id)
        if row is None:
            raise Refused("not_found")
        visitor.of(conn, row["conversation_id"])
        return row

    return outgoing(visitor.bell, request, await visitor.bell.store.read(read))


async def transcript(request: Request) -> Response:
    """One of their conversations, as a file or by mail."""
    visitor = Visitor(bell_of(request), request)
    ask = await decode(request, TranscriptAsk)
    caller = await visitor.caller(ask.conversation)
    if ask.email:
        return _theirs(as_json(await visitor_mails(visitor.bell, caller, ask)))
    return on_paper(await visitor_takes(visitor.bell, caller, ask))


def _theirs(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def routes() -> list[Route]:
    return [
        Route("/visitor/files", send, methods=["POST"]),
        Route("/visitor/files/{id}", look, methods=["GET"]),
        Route("/visitor/transcript", transcript, methods=["POST"]),
    ]
