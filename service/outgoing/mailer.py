"""Mail over SMTP: the standard library's client in a thread, cut from outside when it takes too long."""

import asyncio
import contextlib
import smtplib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr

from contract.text import one_line
from service.outbox import Mail
from service.outgoing.client import Undelivered
from service.outgoing.mail_server import MailServer

#: For one letter from the first byte to the last; the lease of its row is twice as long.
SECONDS = 30.0
#: For one word of the server.
_PATIENCE = 10.0
_AT_ONCE = 4


class Mailer:
    """`sender`: `Shop <shop@example.org>`, or the address alone."""

    def __init__(self, server: MailServer, sender: str, *, seconds: float = SECONDS) -> None:
        self._server, self._sender, self._seconds = server, sender, seconds
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="mail")

    async def send(self, mail: Mail, id_: str) -> None:
        """The server has taken it. Undelivered if not; `final` where it will never take this letter."""
        try:
            message = letter(mail, self._sender, id_)
        except ValueError:
            raise Undelivered("recipient", final=True) from None
        talk = _Talk(self._server)
        try:
            async with asyncio.timeout(self._seconds):
                await asyncio.get_running_loop().run_in_executor(self._threads, talk.send, message)
        except TimeoutError:
            raise Undelivered("timeout") from None
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            raise Undelivered(f"smtp:{code}", final=500 <= code < 600) from None
        except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as refused:
            raise Undelivered(f"smtp:{refused.smtp_code}", final=500 <= refused.smtp_code < 600) from None
        except smtplib.SMTPResponseException as refused:  # signing in, EHLO: not this letter's fault
            raise Undelivered(f"smtp:{refused.smtp_code}") from None
        except smtplib.SMTPNotSupportedError:
            raise Undelivered("unsupported") from None
        except ssl.SSLError:
            raise Undelivered("tls") from None
        except (smtplib.SMTPException, OSError):
            raise Undelivered("connect") from None
        finally:
            talk.cut()

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def letter(mail: Mail, sender: str, id_: str) -> EmailMessage:
    """With the same Message-ID on every try: who gets it twice may see that it is one. ValueError for no address."""
    if not mail.to.isprintable() or mail.to != mail.to.strip():
        raise ValueError("no address")
    try:
        to = Address(addr_spec=mail.to)
    except (MessageError, IndexError):
        raise ValueError("no address") from None
    if not to.username or ("." not in to.domain.strip(".") and to.domain != "localhost"):
        raise ValueError("no address")
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = one_line(mail.subject)
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = f"<{id_}@{parseaddr(sender)[1].rpartition('@')[2] or 'shopbell'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


class _Talk:
    """One connection, which another thread may cut."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None
        self._over = False

    def send(self, message: EmailMessage) -> None:
        server, name = self._server, socket.gethostname()
        # Its own way to a full name asks the network, which may not answer.
        here = name if "." in name else "[127.0.0.1]"
        if server.manner == "tls":
            tls = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, here, timeout=_PATIENCE, context=tls)
        else:
            smtp = smtplib.SMTP(server.host, server.port, here, timeout=_PATIENCE)
        self._smtp = smtp
        try:
            if self._over:
                raise TimeoutError
            if server.manner == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if server.user is not None:
                smtp.login(server.user, server.password)
            smtp.send_message(message)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        finally:
            smtp.close()

    def cut(self) -> None:
        """Whatever it waits for ends now, and nothing more is sent; nothing if it has ended."""
        self._over = True
        held = None if self._smtp is None else self._smtp.sock
        if held is not None:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)
