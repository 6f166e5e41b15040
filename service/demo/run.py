"""`shopbell demo`: migrate, seed, say where everything is, serve; strangers walk in by themselves."""

import asyncio
import os

import typer

from service.demo.catalogue import shop
from service.demo.people import PEOPLE
from service.demo.seed import seed
from service.demo.site import routes
from service.migrate import migrate
from service.serve import serve
from service.settings import Settings
from service.strangers import walk_in
from store.connect import open_store


def run_demo(settings: Settings, *, strangers: bool) -> None:
    """Set everything up (a second start changes nothing) and serve until stopped."""
    password = asyncio.run(_prepare(settings))
    _say(settings, password)
    serve(settings, routes(shop()), walk_in if strangers else None)


async def _prepare(settings: Settings) -> str | None:
    await migrate(settings.database_url)
    store = open_store(settings.database_url)
    try:
        return await seed(store, settings, os.environ.get("SHOPBELL_DEMO_PASSWORD") or None)
    finally:
        await store.close()


def _say(settings: Settings, password: str | None) -> None:
    address = settings.public_url
    typer.echo(f"\n  The shop   {address}/")
    typer.echo(f"  The desk   {address}/console/")
    for person in PEOPLE:
        typer.echo(f"             {person.email:<24} {person.name} ({person.role})")
    known = "as before (SHOPBELL_DEMO_PASSWORD sets a new one)"
    typer.echo(f"  Password   {password or known}\n")
    typer.echo("  Sign in as Anna in one window, open the shop in another, and walk three levels into Garden.")
    typer.echo("  Stop with Ctrl+C.\n")
