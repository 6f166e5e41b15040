"""Attachments and transcripts: what is sent, and what comes back.

    POST /visitor/files?conversation=ID     Authorization: Bearer VISITOR-KEY, the frame's cookie
    POST /api/conversations/{id}/files      a session, as everywhere below /api
        body: the bytes of one file as they are, of any Content-Type
        X-Client-Id: the sender's own id of this message, as `client_id` of message.send
        X-File-Name: the name, UTF-8, percent-encoded (encodeURIComponent)
        -> Message of kind `file`, `data` is a FileData; it comes to both sides as message.added, too

    GET /visitor/files/{id}                 Authorization: Bearer VISITOR-KEY, the frame's cookie
    GET /api/files/{id}                     pictures to be shown, documents to be downloaded
        A frame fetches with the header and shows a blob (no key ever stands in a URL); the console's cookie is enough
        for <img src>.

    POST /visitor/transcript                TranscriptAsk -> the file; with `email`: TranscriptMailed
    GET /api/conversations/{id}/transcript?format=text|html -> the file
    POST /api/conversations/{id}/transcript TranscriptMail -> TranscriptMailed

Refused besides the usual: file_type, file_too_large (413), file_limit (of one conversation), rate_limited (of one
visitor or one address), forbidden (the site takes none from visitors), blocked, unavailable (no room on the disk),
no_mail.
"""

from contract.names import FileType, TranscriptFormat
from contract.shapes import Id, In, Out


class FileData(Out):
    """`data` of a message of kind `file`. `size` in bytes; `width` and `height` in pixels, null for a document."""

    file: str
    name: str
    type: FileType
    size: int
    width: int | None
    height: int | None


class TranscriptAsk(In):
    """`email`: send it there instead, once for each `client_id`. An address is used because somebody typed it here."""

    conversation: Id
    format: TranscriptFormat = "text"
    email: str = ""
    client_id: str = ""


class TranscriptMail(In):
    """The same from the desk."""

    email: str
    client_id: str
    format: TranscriptFormat = "text"


class TranscriptMailed(Out):
    """It is on its way to `email`. `left`: how often this conversation may be mailed again today."""

    email: str
    left: int
