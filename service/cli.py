"""`shopbell`: the commands. Each says what to do next when it cannot go on."""

import asyncio
import getpass
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

import access.do
import access.queries
import access.sessions
import routing.do
from access.passwords import hash_password
from contract.clock import now_ms
from contract.errors import Refused
from contract.ids import node_id
from contract.names import Role
from service.migrate import WrongRevision, migrate
from service.serve import serve as run_server
from service.settings import Settings, read_settings
from store.base import Store
from store.connect import open_store

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
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


def _with_store(settings: Settings, work: Any) -> Any:
    async def run() -> Any:
        store: Store = open_store(settings.database_url)
        try:
            return await work(store)
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except Refused as refused:
        raise _stop(refused.sentence("en")) from refused


@app.command()
def demo(
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    strangers: Annotated[bool, typer.Option(help="Let strangers walk through the shop by themselves.")] = True,
) -> None:
    """Serve the demo shop with its desk: everything is set up, nothing is asked."""
    from service.demo.run import run_demo

    settings = _settings(host=host, port=port, data_dir=data_dir or _demo_dir(), demo=True)
    try:
        run_demo(settings, strangers=strangers)
    except WrongRevision as error:
        raise _stop(str(error)) from error


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
    """Serve. The database must be at this program's revision: run `shopbell migrate` before."""
    settings = _settings(host=host, port=port, data_dir=data_dir, tls_cert=tls_cert, tls_key=tls_key)
    try:
        run_server(settings)
    except WrongRevision as error:
        raise _stop(str(error)) from error


@app.command(name="migrate")
def migrate_command(data_dir: DataDir = None) -> None:
    """Bring the database to this program's revision. Safe to run twice, and from two machines at once."""
    settings = _settings(data_dir=data_dir)
    asyncio.run(migrate(settings.database_url))
    typer.echo("The database is up to date.")


@site_app.command("add")
def site_add(
    key: str,
    name: Annotated[str, typer.Option(help="What people call it.")],
    origin: Annotated[list[str], typer.Option(help="Address of the site, such as https://shop.example. Repeatable.")],
    language: str = "en",
    zone: str = "UTC",
    currency: str = "EUR",
    data_dir: DataDir = None,
) -> None:
    """Add a site and print its snippet."""
    settings = _settings(data_dir=data_dir)

    async def work(store: Store) -> None:
        await store.write(
            lambda conn: access.do.create_site(
                conn, key=key, name=name, origins=origin, language=language, zone=zone, currency=currency, now=now_ms()
            )
        )

    _with_store(settings, work)
    _show_snippet(settings, key)


@site_app.command("show")
def site_show(key: str, data_dir: DataDir = None) -> None:
    """Print the snippet of a site."""
    settings = _settings(data_dir=data_dir)

    async def work(store: Store) -> Any:
        return await store.read(lambda conn: access.queries.site_by_key(conn, key))

    if _with_store(settings, work) is None:
        raise _stop(f"There is no site {key}. `shopbell site add` makes one.")
    _show_snippet(settings, key)


def _show_snippet(settings: Settings, key: str) -> None:
    typer.echo(f'<script async src="{settings.public_url}/shopbell.js" data-site="{key}"></script>')


@expert_app.command("add")
def expert_add(
    email: str,
    name: Annotated[str, typer.Option()],
    site: Annotated[list[str], typer.Option(help="Key of a site they work for. Repeatable.")],
    role: Annotated[Role, typer.Option(help="What they may do.")] = "expert",
    topic: Annotated[
        list[str] | None, typer.Option(help="What they know, such as 'Garden/Roses=5'. Repeatable.")
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
def expert_token(email: str, data_dir: DataDir = None) -> None:
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
def replay(
    file: Path,
    url: Annotated[str, typer.Option(help="Address of the server.")],
    site: Annotated[str, typer.Option(help="Key of the site.")],
    format: Annotated[str, typer.Option(help="eshop, apache or jsonl")] = "jsonl",
    token: Annotated[str, typer.Option(help="API token; not needed with --live.", envvar="SHOPBELL_TOKEN")] = "",
    live: Annotated[bool, typer.Option(help="As if the visits happened now, through /collect.")] = False,
    speed: Annotated[float, typer.Option(min=0.01, help="With --live: how many times faster.")] = 1.0,
    all_requests: Annotated[bool, typer.Option(help="Keep what is no page, too.")] = False,
) -> None:
    """Send real visits with their own times; prints {"sent", "stored", "duplicates", "rejected"} as its last line."""
    from service.replay import ReplayError
    from service.replay import replay as run_replay

    try:
        done = asyncio.run(
            run_replay(file, format, url=url, site=site, token=token, live=live, speed=speed, all_requests=all_requests)
        )
    except (ReplayError, OSError, ValueError) as error:
        raise _stop(str(error)) from error
    typer.echo(json.dumps(done))


if __name__ == "__main__":
    app()
