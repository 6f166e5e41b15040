"""How a site's addresses are read as places in the information tree: rules that an administrator can see and test.

Without any setting they are right for most sites. A pattern (`Glob`) may hold `*` for any characters within one part
of an address; nothing else is special, so a pattern is never slow.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

#: A pattern for one part of an address, such as `colour-*`.
Glob = Annotated[str, Meta(min_length=1, max_length=100)]
Globs = Annotated[tuple[Glob, ...], Meta(max_length=100)]
Word = Annotated[str, Meta(min_length=1, max_length=200)]
Ids = Literal["keep", "drop", "group"]

#: What breadcrumbs call the home page, in the languages in which we know how shops begin theirs.
HOME_NAMES: tuple[str, ...] = (
    "Home", "Homepage", "Home page", "Start", "Startpage", "Start page", "Frontpage", "Front page", "Main page",
    "Startseite", "Accueil", "Page d'accueil", "Inicio", "Página de inicio", "Portada", "Início", "Página inicial",
    "Inici", "Pagina iniziale", "Startpagina", "Hoofdpagina", "Hem", "Startsida", "Hjem", "Forside", "Forsiden",
    "Startside", "Etusivu", "Heim", "Forsíða", "Avaleht", "Sākums", "Pradžia", "Pradinis", "Strona główna", "Domov",
    "Domů", "Úvod", "Kezdőlap", "Főoldal", "Acasă", "Početna", "Naslovnica", "Ballina", "Αρχική", "Αρχική σελίδα",
    "Ana sayfa", "Anasayfa", "Главная", "Главная страница", "На главную", "Начало", "Начална страница", "Головна",
    "Головна сторінка", "Галоўная", "Почетна", "Басты бет", "Trang chủ", "Beranda", "首页", "首頁", "主页", "ホーム",
    "トップ", "トップページ", "홈", "หน้าแรก", "होम", "الرئيسية", "الصفحة الرئيسية", "דף הבית", "ראשי", "خانه",
)  # fmt: skip


class TreeRules(msgspec.Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """The rules of one site, in the order in which they are applied.

    `home`: whole addresses that are the home page, such as `/start`. `home_names`: what the page's breadcrumb calls the
    home page: in front of it such a name is no level (capital letters make no difference). `hash_routes`: what follows
    `#/` or `#!/` belongs to the address. `index`: files that stand for their folder. `locales`: parts in front that
    only say the language; null: languages as the web writes them (`en`, `de-AT`, `us/en`) are recognised. `ignored`:
    parts that are no level, such as `category`. `facets`: parts that only filter, such as `colour-*`. `query`:
    parameters that are levels, in this order. `endings`: cut off a name, such as `.html`. `ids`: what becomes of
    numbers and codes: kept, left out, or all in one folder taken as one place, `*`. `lower_case`: capital letters make
    no difference. `names`: what a part is called, `{"w": "Women", "cat=3": "Boots"}`; such a part is no id.
    """

    home: Globs = ()
    home_names: Annotated[tuple[Word, ...], Meta(max_length=100)] = HOME_NAMES
    hash_routes: bool = True
    index: Globs = (
        "index.htm", "index.html", "index.shtml", "index.php", "index.asp", "index.aspx", "index.jsp",
        "default.htm", "default.html", "default.php", "default.asp", "default.aspx", "default.jsp",
    )  # fmt: skip
    locales: Annotated[tuple[Glob, ...], Meta(max_length=100)] | None = None
    ignored: Globs = ()
    facets: Globs = ()
    query: Annotated[tuple[Word, ...], Meta(max_length=20)] = ()
    endings: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=20)], ...], Meta(max_length=20)] = ()
    ids: Ids = "keep"
    lower_case: bool = False
    names: Annotated[dict[Word, Word], Meta(max_length=1_000)] = {}


#: A site that has set nothing.
USUAL = TreeRules()

#: A place: names from the root. Home is ().
Path = tuple[str, ...]


class SiteTree(msgspec.Struct, frozen=True, kw_only=True, eq=False, weakref=True, dict=True):
    """What an administrator gave of a site's tree, as the tracker looks things up in it.

    `pages`: by address (`/women/boots`, `/index.php?cat=3`), in order: the path of its place, or None for a page of the
    sitemap, whose address says it. `patterns`: addresses with `*` or `**`, and the path of the pages they fit.
    """

    pages: Mapping[str, Path | None] = msgspec.field(default_factory=dict)
    patterns: Mapping[str, Path] = msgspec.field(default_factory=dict)


NO_TREE = SiteTree()
#: Entries of one site's tree, of both kinds together.
MOST_ENTRIES = 200_000
