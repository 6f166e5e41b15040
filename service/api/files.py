"""Files and transcripts at the desk (`contract.files`)."""

from sqlalchemy import Connection, RowMapping
from starlette.responses import Response

import chat.files
from contract.errors import Refused
from contract.files import TranscriptMail, TranscriptMailed
from contract.names import TranscriptFormat
from contract.shapes import Message
from service.api.operation import EXPERTS, Call, operation
from service.callers import ExpertCaller
from service.file_http import incoming, on_paper, outgoing
from service.flows.files import expert_sends
from service.flows.transcript_mail import expert_mails
from service.flows.transcripts import expert_takes

_FORMATS: dict[str | None, TranscriptFormat] = {None: "text", "text": "text", "html": "html"}


@operation("POST", "/api/conversations/{id}/files", roles=EXPERTS, gives=Message)
async def send(call: Call) -> Message:
    """A picture or a PDF into a conversation: its bytes are the body, its name stands in X-File-Name."""
    return await expert_sends(call.bell, _caller(call), incoming(call.request, call.path_id()))


@operation("GET", "/api/files/{id}")
async def look(call: Call) -> Response:
    """A file: pictures to be shown, documents to be downloaded."""
    file_id = call.path_id()

    def read(conn: Connection) -> RowMapping:
        return chat.files.file_for_expert(conn, file_id, call.account)

    return outgoing(call.bell, call.request, await call.bell.store.read(read))


@operation("GET", "/api/conversations/{id}/transcript", query=("format",))
async def transcript(call: Call) -> Response:
    """A conversation as a file, text or html, in the site's zone, with notes, but for marketers."""
    chosen = call.text("format")
    if chosen not in _FORMATS:
        raise Refused("invalid", "format")
    return on_paper(await expert_takes(call.bell, _caller(call), call.path_id(), _FORMATS[chosen]))


@operation("POST", "/api/conversations/{id}/transcript", roles=EXPERTS, takes=TranscriptMail, gives=TranscriptMailed)
async def mail(call: Call) -> TranscriptMailed:
    """The same by mail, without notes, three times a day at most; to an address that was typed for it."""
    return await expert_mails(call.bell, _caller(call), call.path_id(), call.body)


def _caller(call: Call) -> ExpertCaller:
    return ExpertCaller(account=call.account, language=call.tongue)


OPERATIONS = [send, look, transcript, mail]
