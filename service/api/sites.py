"""Sites: what one may see; made and changed by administrators."""

import re

from sqlalchemy import Connection, select

from access.do import create_site, patch_site
from access.secret import rotate_secret, secrets_of
from access.tables import site as table
from contract.accent import Palette, palette
from contract.clock import rfc3339
from contract.errors import Refused
from contract.facts import SiteFacts
from contract.rest_sites import SecretRotate, Site, SitePatch, SiteSecret, SiteWrite
from routing.firings import usual_triggers
from service.api.lists import Listed, asked, page
from service.api.operation import ADMINS, Call, operation

#: The accent of `widget/look/tokens.css` in a light chat.
OURS = "#0b6464"
COLOUR = re.compile("#[0-9a-fA-F]{6}")


def shown(site: SiteFacts) -> Site:
    """As the API shows it."""
    return Site(
        id=site.id,
        key=site.key,
        name=site.name,
        origins=sorted(site.origins),
        language=site.language,
        zone=site.zone,
        currency=site.currency,
        ladder=site.ladder,
        talk=site.talk,
        rung_seconds=site.ladder.rungs[0].seconds,
        look=site.look,
        test_mode=site.test_mode,
        test_until=rfc3339(site.test_until) if site.test_mode and site.test_until else None,
    )


@operation("GET", "/api/sites", gives=Listed[Site], query=("limit", "cursor"))
async def sites(call: Call) -> Listed[Site]:
    """The sites this account may see."""
    ask, seen = asked(call, (int, str)), {site.id: site for site in await call.sites()}
    query = select(table.c.id, table.c.created_at).where(table.c.id.in_(list(seen)))
    rows, more = await call.bell.store.read(lambda conn: page(conn, query, (table.c.created_at, table.c.id), ask))
    return Listed(items=[shown(seen[row["id"]]) for row in rows], next=more)


@operation("GET", "/api/sites/{id}", gives=Site)
async def site(call: Call) -> Site:
    """One site."""
    return shown(await call.site(call.path_id()))


@operation("POST", "/api/sites", roles=ADMINS, takes=SiteWrite, gives=Site, status=201)
async def add_site(call: Call) -> Site:
    """A new site; its key goes into the snippet's script tag."""
    asked: SiteWrite = call.body

    def write(conn: Connection) -> SiteFacts:
        made = create_site(
            conn,
            key=asked.key,
            name=asked.name,
            now=call.now,
            origins=asked.origins,
            language=asked.language,
            zone=asked.zone,
            currency=asked.currency,
            ladder=asked.ladder,
            look=asked.look,
        )
        if asked.usual_triggers:
            usual_triggers(conn, made.id, call.now)
        return made

    made = await call.bell.store.write(write)
    call.bell.sites.forget()
    return shown(made)


@operation("PATCH", "/api/sites/{id}", roles=ADMINS, takes=SitePatch, gives=Site)
async def change_site(call: Call) -> Site:
    """Change what is given; the key stays for ever."""
    asked, site_id = call.body, call.path_id()
    changes = {name: getattr(asked, name) for name in asked.__struct_fields__}
    changed = await call.bell.store.write(lambda conn: patch_site(conn, site_id, changes, call.now))
    call.bell.sites.forget()
    return shown(changed)


@operation("GET", "/api/palette", gives=Palette, query=("accent",))
async def colours(call: Call) -> Palette:
    """What a chat shows of a colour `#rrggbb` that a site wishes: text in it and on it can be read."""
    accent = call.text("accent") or OURS
    if not COLOUR.fullmatch(accent):
        raise Refused("invalid", "accent")
    return palette(accent)


@operation("GET", "/api/sites/{id}/secret", roles=ADMINS, gives=SiteSecret)
async def secret(call: Call) -> SiteSecret:
    """The secret with which the site signs who is signed in."""
    site = await call.site(call.path_id())
    good = await call.bell.store.read(lambda conn: secrets_of(conn, site.id, call.now))
    return SiteSecret(secret=good[0])


@operation("POST", "/api/sites/{id}/secret", roles=ADMINS, takes=SecretRotate, gives=SiteSecret)
async def rotate(call: Call) -> SiteSecret:
    """A new secret; the old one stays good for ten minutes, or ends at once."""
    asked, site = call.body, await call.site(call.path_id())
    made = await call.bell.store.write(lambda conn: rotate_secret(conn, site.id, call.now, at_once=asked.at_once))
    return SiteSecret(secret=made)


OPERATIONS = [sites, site, add_site, change_site, colours, secret, rotate]
