"""Settings: environment variables `SHOPBELL_…`, read once at start, never changed."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec

from service.outgoing.mail_server import read_mail_server
from store.connect import database_url

#: Bytes of one attachment, and how far that may be raised.
FILE_LIMIT, MOST_FILE_LIMIT = 10 * 1024 * 1024, 1024**3


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`public_url`: the address under which browsers reach us. `own_origins`: where our own pages are served from.
    `file_limit`: how many bytes one attachment may have.
    `smtp_url`, `mail_from`: by whom and from whom mail goes out (`mail`: whether it does). `webhooks_inside`: webhooks
    may go to private addresses."""

    database_url: str
    redis_url: str | None
    data_dir: Path
    host: str
    port: int
    public_url: str
    secret_key: str
    trusted_proxies: frozenset[str]
    tls_cert: str | None
    tls_key: str | None
    rate_limits: bool
    file_limit: int = FILE_LIMIT
    smtp_url: str | None = None
    mail_from: str | None = None
    webhooks_inside: bool = False
    demo: bool = False

    @property
    def mail(self) -> bool:
        """Whether letters leave the house: ask before you promise one."""
        return self.smtp_url is not None

    @property
    def own_origins(self) -> frozenset[str]:
        """The public address, and on a loopback or demo server both loopback names."""
        origins = {self.public_url}
        scheme = "https" if self.tls_cert else "http"
        if self.host in ("127.0.0.1", "localhost", "::1", "0.0.0.0"):  # noqa: S104  compared, not bound
            origins |= {f"{scheme}://{name}:{self.port}" for name in ("localhost", "127.0.0.1")}
        return frozenset(origins)


def read_settings(environment: Mapping[str, str] = os.environ, **given: object) -> Settings:
    """From `SHOPBELL_…` variables; what is `given` (command line) wins. Raises ValueError with a sentence."""

    def value(name: str, default: str = "") -> str:
        chosen = given.get(name.lower())
        return str(chosen) if chosen not in (None, "") else environment.get(f"SHOPBELL_{name}", default)

    data_dir = Path(value("DATA_DIR", "data")).resolve()
    host, port_text = value("HOST", "127.0.0.1"), value("PORT", "8000")
    if not port_text.isdigit() or not 0 < int(port_text) < 65536:
        raise ValueError("SHOPBELL_PORT must be a number from 1 to 65535")
    limits = value("RATE_LIMITS", "on")
    if limits not in ("on", "off"):
        raise ValueError("SHOPBELL_RATE_LIMITS must be on or off")
    file_limit = value("FILE_LIMIT", str(FILE_LIMIT))
    if not (file_limit.isascii() and file_limit.isdigit() and 0 < int(file_limit[:20]) <= MOST_FILE_LIMIT):
        raise ValueError("SHOPBELL_FILE_LIMIT must be a number of bytes, at most a gigabyte")
    inside = value("WEBHOOKS_INSIDE", "off")
    if inside not in ("on", "off"):
        raise ValueError("SHOPBELL_WEBHOOKS_INSIDE must be on or off")
    smtp_url, mail_from = value("SMTP_URL") or None, value("MAIL_FROM") or None
    if (smtp_url is None) != (mail_from is None):
        raise ValueError("SHOPBELL_SMTP_URL and SHOPBELL_MAIL_FROM go together")
    if smtp_url is not None:
        read_mail_server(smtp_url)
    tls_cert, tls_key = value("TLS_CERT") or None, value("TLS_KEY") or None
    if (tls_cert is None) != (tls_key is None):
        raise ValueError("SHOPBELL_TLS_CERT and SHOPBELL_TLS_KEY (--tls-cert, --tls-key) go together")
    scheme = "https" if tls_cert else "http"
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1") else host  # noqa: S104  compared, not bound
    return Settings(
        database_url=database_url(value("DATABASE_URL") or None, data_dir),
        redis_url=value("REDIS_URL") or None,
        data_dir=data_dir,
        host=host,
        port=int(port_text),
        public_url=(value("PUBLIC_URL") or f"{scheme}://{shown}:{port_text}").rstrip("/"),
        secret_key=value("SECRET_KEY") or kept_secret(data_dir),
        trusted_proxies=frozenset(part.strip() for part in value("TRUSTED_PROXIES").split(",") if part.strip()),
        tls_cert=tls_cert,
        tls_key=tls_key,
        rate_limits=limits == "on",
        file_limit=int(file_limit),
        smtp_url=smtp_url,
        mail_from=mail_from,
        webhooks_inside=inside == "on",
        demo=bool(given.get("demo")),
    )


def kept_secret(data_dir: Path) -> str:
    """The secret of this installation: made on first start, readable by its owner alone, never a default."""
    file = data_dir / "secret_key"
    if file.exists():
        return file.read_text().strip()
    data_dir.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(32)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was quicker
        return file.read_text().strip()
    with os.fdopen(handle, "w") as opened:
        opened.write(made)
        opened.flush()
        os.fsync(opened.fileno())
    return made
