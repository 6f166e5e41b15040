"""`shopbell`: the commands. Each says what to do next when it cannot go on."""

import asyncio
import contextlib
import getpass
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

import access.do
import access.queries
import access.secret
import access.sessions
import routing.do
import routing.firings
from access.passwords import hash_password
from contract.clock import now_ms
from contract.errors import Refused
from contract.facts import SiteFacts
from contract.ids import node_id
from contract.names import Role
from service.first_run import invite
from service.migrate import migrate, migrate_empty
from service.revision import WrongRevision, check_revision
from service.serve import AlreadyRunning
from service.serve import serve as run_server
from service.settings import Settings, read_settings
from service.static import snippet
from service.tag import pinned, tag
from service.tls import check_tls
from store.base import Store
from store.connect import open_store

HELP = "Rings the bell at the desk of the right expert when somebody goes deep into your site."
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=HELP)
site_app = typer.Typer(no_args_is_help=True, help="Sites that carry the snippet.")
expert_app = typer.Typer(no_args_is_help=True, help="People at the desks.")
app.add_typer(site_app, name="site")
app.add_typer(expert_app, name="expert")

Host = Annotated[str | None, typer.Option(help="Address to listen on; 0.0.0.0 for the office network.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on.")]
DataDir = Annotated[Path | None, typer.Option(help="Folder for the database and the secret.")]


def _settings(**given: Any) -> Settings:
    try:
        return read_settings(**given)
    except ValueError as error:
        raise _stop(str(error)) from error


def _stop(sentence: str) -> typer.Exit:
    typer.secho(sentence, fg="red", err=True)
    return typer.Exit(1)


#: What an option has to look like, by the field of which the refusal speaks.
_WANTED = {
    "origins": "--origin is the address of a site without a path, such as https://shop.example.",
    "zone": "--zone is a time zone, such as Europe/Berlin.",
    "currency": "--currency is a code of three letters, such as EUR.",
    "language": "--language is en or ru.",
    "email": "An e-mail address looks like me@shop.example.",
}


@contextlib.contextmanager
def _plainly(settings: Settings) -> Iterator[None]:
    """Whatever keeps a command from its work is a sentence that says what to do, never a traceback."""
    try:
        yield
    except (WrongRevision, AlreadyRunning) as error:
        raise _stop(str(error)) from error
    except Refused as refused:
        if refused.code == "unavailable":
            raise _stop(_no_database(settings)) from refused
        wanted = _WANTED.get(refused.hint) if refused.code == "invalid" else None
        raise _stop(wanted or refused.sentence("en")) from refused
    except (OSError, SQLAlchemyError) as error:
        raise _stop(f"{_no_database(settings)} It said: {str(error).splitlines()[0]}") from error


def _no_database(settings: Settings) -> str:
    where = make_url(settings.database_url).render_as_string(hide_password=True)
    return f"The database {where} cannot be used. Does it run, and is SHOPBELL_DATABASE_URL right?"


def _with_store(settings: Settings, work: Any) -> Any:
    async def run() -> Any:
        store: Store = open_store(settings.database_url)
        try:
            await check_revision(store)
            return await work(store)
        finally:
            await store.close()

    with _plainly(settings):
        return asyncio.run(run())


def _port_is_free(settings: Settings) -> None:
    """Told before anything is set up or said; the server itself would find it out last."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as error:
            raise _stop(
                f"Cannot listen on {settings.host}, port {settings.port}: {error.strerror}. "
                "Choose another port with --port or SHOPBELL_PORT."
            ) from error


def _tls_is_good(settings: Settings) -> None:
    if settings.tls_cert is not None and settings.tls_key is not None:
        try:
            check_tls(settings.tls_cert, settings.tls_key)
        except ValueError as error:
            raise _stop(str(error)) from error


@app.command()
def demo(
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    strangers: Annotated[bool, typer.Option(help="Let strangers walk through the shop by themselves.")] = True,
) -> None:
    """Serve the demo: a shop, its desk and its people. Everything is set up, nothing is asked."""
    from service.demo.run import run_demo

    settings = _settings(host=host, port=port, data_dir=data_dir or _demo_dir(), demo=True)
    _tls_is_good(settings)
    _port_is_free(settings)
    with _plainly(settings):
        run_demo(settings, strangers=strangers)


def _demo_dir() -> str | None:
    """The demo keeps its own folder, so that it never meets a real shop's base by accident."""
    import os

    return None if os.environ.get("SHOPBELL_DATA_DIR") else "data/demo"


@app.command()
def serve(
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate file, for https.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Key file of the certificate.")] = None,
) -> None:
    """Serve your own sites. An empty database is set up; after an update run `shopbell migrate` first."""
    settings = _settings(host=host, port=port, data_dir=data_dir, tls_cert=tls_cert, tls_key=tls_key)
    _tls_is_good(settings)
    _port_is_free(settings)
    with _plainly(settings):
        asyncio.run(migrate_empty(settings.database_url))

    async def nothing(_: Store) -> None: ...

    _with_store(settings, nothing)  # the database is there, and at our revision
    typer.echo(f"Shopbell serves {settings.public_url}, the desk at {settings.public_url}/console/. Ctrl+C stops it.")
    with _plainly(settings):
        run_server(settings, beside=invite(typer.echo))


@app.command(name="migrate")
def migrate_command(data_dir: DataDir = None) -> None:
    """Set the database up, or bring it up to date. Safe to run twice, and from two machines at once."""
    settings = _settings(data_dir=data_dir)
    with _plainly(settings):
        asyncio.run(migrate(settings.database_url))
    typer.echo("The database is up to date.")


@site_app.command("add")
def site_add(
    key: Annotated[str, typer.Argument(help="Short name of the site in its snippet, such as myshop.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    origin: Annotated[list[str], typer.Option(help="Address of the site, such as https://shop.example. Repeatable.")],
    language: Annotated[str, typer.Option(help="en or ru.")] = "en",
    zone: Annotated[str, typer.Option(help="Time zone of its days in reports, such as Europe/Berlin.")] = "UTC",
    currency: Annotated[str, typer.Option(help="Of its prices, such as EUR.")] = "EUR",
    deep: Annotated[int, typer.Option(min=1, help="The bell rings this many levels below the home page ...")] = 3,
    stay: Annotated[int, typer.Option(min=0, help="... after this many seconds in that part of the site.")] = 15,
    data_dir: DataDir = None,
) -> None:
    """Add a site with its two triggers, somebody goes deep and a customer returns, and print its snippet."""
    settings = _settings(data_dir=data_dir)

    async def work(store: Store) -> None:
        def add(conn: Connection) -> None:
            now = now_ms()
            made = access.do.create_site(
                conn, key=key, name=name, origins=origin, language=language, zone=zone, currency=currency, now=now
            )
            routing.firings.usual_triggers(conn, made.id, now, depth=deep, seconds=stay)  # without one no bell rings

        await store.write(add)

    _with_store(settings, work)
    _show_snippet(settings, key)


@site_app.command("show")
def site_show(
    key: Annotated[str, typer.Argument(help="Key of the site.")],
    secret: Annotated[bool, typer.Option("--secret", help="Print the secret that signs who is signed in.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Print the snippet of a site, or its secret."""
    settings = _settings(data_dir=data_dir)
    if secret:
        typer.echo(_site_secret(settings, _site_id(settings, key)))
    else:
        _show_snippet(settings, key)


@site_app.command("secret")
def site_secret(
    key: Annotated[str, typer.Argument(help="Key of the site.")],
    rotate: Annotated[bool, typer.Option("--rotate", help="Make a new one; the old one ends in ten minutes.")] = False,
    at_once: Annotated[bool, typer.Option("--at-once", help="With --rotate: the old one ends now.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Print the secret with which a site signs who is signed in (docs/identity.md)."""
    settings = _settings(data_dir=data_dir)
    site_id = _site_id(settings, key)

    async def work(store: Store) -> str:
        return await store.write(lambda conn: access.secret.rotate_secret(conn, site_id, now_ms(), at_once=at_once))

    typer.echo(_with_store(settings, work) if rotate else _site_secret(settings, site_id))


def _site_facts(settings: Settings, key: str) -> SiteFacts:
    async def work(store: Store) -> SiteFacts | None:
        return await store.read(lambda conn: access.queries.site_by_key(conn, key))

    found: SiteFacts | None = _with_store(settings, work)
    if found is None:
        raise _stop(f"There is no site {key}. `shopbell site add` makes one.")
    return found


def _site_id(settings: Settings, key: str) -> str:
    return _site_facts(settings, key).id


def _site_secret(settings: Settings, site_id: str) -> str:
    async def work(store: Store) -> str:
        good = await store.read(lambda conn: access.secret.secrets_of(conn, site_id, now_ms()))
        return good[0]

    return str(_with_store(settings, work))


def _show_snippet(settings: Settings, key: str) -> None:
    """Two tags: always the newest script, and, where it is built, just this one (docs/snippet.md)."""
    look = _site_facts(settings, key).look
    typer.echo(tag(settings.public_url, key, look))
    body = snippet()
    if body is not None:
        typer.echo("\nOr pinned to this version of the script, which your pages then get or none:")
        typer.echo(pinned(settings.public_url, key, look, body))


@site_app.command("tree")
def site_tree(
    key: Annotated[str, typer.Argument(help="Key of the site.")],
    import_: Annotated[
        list[Path] | None,
        typer.Option("--import", help="A sitemap.xml, or a table: address, names. Packed or not. Repeatable."),
    ] = None,
    add: Annotated[bool, typer.Option("--add", help="Add to what was imported, instead of replacing it.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Forget what was imported.")] = False,
    rules: Annotated[Path | None, typer.Option(help="The rules, as a file of JSON.")] = None,
    preview: Annotated[list[str] | None, typer.Option(help="Say where this address stands, and why.")] = None,
    data_dir: DataDir = None,
) -> None:
    """The information tree of a site: how its addresses become places. Without an option, what holds now."""
    from service.cli_tree import BadTree, run

    async def work(store: Store) -> list[str]:
        return await run(store, key, files=import_ or [], add=add, clear=clear, rules=rules, previews=preview or [])

    try:
        for line in _with_store(_settings(data_dir=data_dir), work):
            typer.echo(line)
    except BadTree as bad:
        raise _stop(str(bad)) from bad


@expert_app.command("add")
def expert_add(
    email: Annotated[str, typer.Argument(help="Address they sign in with.")],
    name: Annotated[str, typer.Option(help="As visitors see it in the chat.")],
    site: Annotated[list[str], typer.Option(help="Key of a site they work for. Repeatable.")],
    role: Annotated[Role, typer.Option(help="What they may do.")] = "expert",
    topic: Annotated[
        list[str] | None,
        typer.Option(help="What they know and how well, 1 to 5, such as 'Garden/Roses=5'. Repeatable."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Add a person; the password is asked for, or read from standard input."""
    settings = _settings(data_dir=data_dir)
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < 8:
        raise _stop("A password has at least 8 characters.")

    async def work(store: Store) -> None:
        hashed = await hash_password(password)

        def add(conn: Connection) -> None:
            sites = []
            for key in site:
                facts = access.queries.site_by_key(conn, key)
                if facts is None:
                    raise Refused("unknown_site", key)
                sites.append(facts.id)
            made = access.do.create_account(
                conn, email=email, name=name, role=role, password_hash=hashed, sites=sites, now=now_ms()
            )
            if role == "expert":
                topics = [
                    (node_id(site_id, path), path, level)
                    for site_id in sites
                    for path, level in (_topic(text) for text in topic or [])
                ]
                routing.do.add_expert(conn, made.id, 4, topics)

        await store.write(add)

    _with_store(settings, work)
    typer.echo(f"{name} can sign in at {settings.public_url}/console/")


def _topic(text: str) -> tuple[list[str], int]:
    path, _, level = text.partition("=")
    if level and level not in "12345":
        raise _stop("A level is a number from 1 to 5.")
    return [part.strip() for part in path.split("/") if part.strip()], int(level or 3)


@expert_app.command("token")
def expert_token(
    email: Annotated[str, typer.Argument(help="Address they sign in with.")], data_dir: DataDir = None
) -> None:
    """Print a new API token of an account, for `Authorization: Bearer`."""
    settings = _settings(data_dir=data_dir)

    async def work(store: Store) -> str | None:
        def make(conn: Connection) -> str | None:
            known = access.queries.credentials(conn, email)
            return access.sessions.open_session(conn, known[0], "token", now_ms()) if known else None

        return await store.write(make)

    token = _with_store(settings, work)
    if token is None:
        raise _stop(f"There is no account {email}.")
    typer.echo(token)


@app.command()
def learn(
    site: Annotated[str | None, typer.Option(help="Key of the site; without it, all of them.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Learn from what is stored: how likely a visit ends in an order or a chat (docs/learning.md)."""
    from service.learning.learn import CannotLearn, run

    settings = _settings(data_dir=data_dir)

    async def work(store: Store) -> list[str]:
        return await run(store, settings.data_dir, site, now_ms(), lambda line: typer.echo(line, err=True))

    try:
        for line in _with_store(settings, work):
            typer.echo(line)
    except CannotLearn as cannot:
        raise _stop(str(cannot)) from cannot


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="What to send; may be packed with gzip.")],
    url: Annotated[str, typer.Option(help="Address of the server.")],
    site: Annotated[str, typer.Option(help="Key of the site.")],
    format: Annotated[str, typer.Option(help="apache (an access log), eshop, or jsonl.")] = "jsonl",
    token: Annotated[
        str, typer.Option(help="What `shopbell expert token` prints; not needed with --live.", envvar="SHOPBELL_TOKEN")
    ] = "",
    live: Annotated[bool, typer.Option(help="As if the visits happened now, through /collect.")] = False,
    speed: Annotated[float, typer.Option(min=0.01, help="With --live: how many times faster.")] = 1.0,
    all_requests: Annotated[bool, typer.Option(help="Keep what is no page, too.")] = False,
) -> None:
    """Send real visits with their own times; prints {"sent", "stored", "duplicates", "rejected"} as its last line.

    A line of jsonl is one event: {"visitor": "anybody", "type": "page.viewed", "at": "2026-05-01T10:00:00Z",
    "url": "https://shop.example/roses", "path": ["Garden", "Roses"]}
    """
    if not (token or live):
        raise _stop("Give --token what `shopbell expert token EMAIL` prints, or send as a visitor does with --live.")
    from service.replay.replay import ReplayError
    from service.replay.replay import replay as run_replay

    try:
        done = asyncio.run(
            run_replay(file, format, url=url, site=site, token=token, live=live, speed=speed, all_requests=all_requests)
        )
    except (ReplayError, OSError, ValueError) as error:
        raise _stop(str(error)) from error
    typer.echo(json.dumps(done))


if __name__ == "__main__":
    app()
