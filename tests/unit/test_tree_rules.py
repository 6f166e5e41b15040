"""Addresses as they are met, and the places they stand for: with no setting at all, and with each of the rules."""

import string
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.names import TreeReason
from contract.tree import NO_TREE, USUAL, SiteTree, TreeRules
from tracker.address import cleaned
from tracker.tree import explain, place

SHOP = "https://shop.example"
Path = tuple[str, ...]

#: With no setting: address behind the host, path, reason.
USUALLY: list[tuple[str, Path, TreeReason]] = [
    # home
    ("", (), "home"),
    ("/", (), "home"),
    ("//", (), "home"),
    ("/?utm_source=mail&utm_campaign=may", (), "home"),
    ("/index.html", (), "home"),
    ("/INDEX.PHP", (), "home"),
    ("/Default.aspx?id=3", (), "home"),
    ("/#top", (), "home"),
    # folders, slashes, files
    ("/women", ("women",), "url"),
    ("/women/", ("women",), "url"),
    ("/women/boots/red-boot", ("women", "boots", "red-boot"), "url"),
    ("//women//boots//", ("women", "boots"), "url"),
    ("/women/index.html", ("women",), "url"),
    ("/women/boots.html", ("women", "boots.html"), "url"),
    ("/index.php/women/boots", ("women", "boots"), "url"),
    ("/women/index", ("women", "index"), "url"),
    ("/index/women", ("index", "women"), "url"),
    ("/women/./boots/../shoes/", ("women", "shoes"), "url"),
    ("/women/%2e%2E/men", ("men",), "url"),
    ("/../../etc/passwd", ("etc", "passwd"), "url"),
    ("/boots;jsessionid=1F2E/red;v=2", ("boots", "red"), "url"),
    ("/a;b", ("a;b",), "url"),
    # languages
    ("/en/", (), "home"),
    ("/en", (), "home"),
    ("/en/women", ("women",), "url"),
    ("/de-AT/damen/stiefel", ("damen", "stiefel"), "url"),
    ("/pt_br/botas", ("botas",), "url"),
    ("/zh-Hans-CN/x", ("x",), "url"),
    ("/es-419/x", ("x",), "url"),
    ("/EN-gb/x", ("x",), "url"),
    ("/us/en/boots", ("boots",), "url"),
    ("/ch/fr/bottes", ("bottes",), "url"),
    ("/us/boots", ("us", "boots"), "url"),
    ("/id/17", ("id", "17"), "url"),
    ("/my/account", ("my", "account"), "url"),
    ("/id-id/sepatu", ("sepatu",), "url"),
    ("/women/en", ("women", "en"), "url"),
    ("/english/books", ("english", "books"), "url"),
    ("/en-route", ("en-route",), "url"),
    # ids and facets
    ("/p/184467", ("p", "184467"), "url"),
    ("/p/7f0a9c1e-2b34-4d55-8e66-0123456789ab", ("p", "7f0a9c1e-2b34-4d55-8e66-0123456789ab"), "url"),
    ("/boots/colour=red/size=41", ("boots", "colour=red", "size=41"), "url"),
    ("/boots?colour=red&size=41", ("boots",), "url"),
    ("/boots/colour-red", ("boots", "colour-red"), "url"),
    # parameters are nothing, routes behind a hash are addresses
    ("/index.php?cat=3&product=7", (), "home"),
    ("/search?q=boots", ("search",), "url"),
    ("/#/women/boots", ("women", "boots"), "route"),
    ("/#!/women/boots?sort=price", ("women", "boots"), "route"),
    ("/app/index.html#/women", ("app", "women"), "route"),
    ("/de/#/damen", ("damen",), "route"),
    ("/#/", (), "home"),
    ("/women#/reviews", ("women", "reviews"), "route"),
    ("/women#reviews", ("women",), "url"),
    ("/women#", ("women",), "url"),
    # percent signs
    ("/a%20b/c+d", ("a b", "c+d"), "url"),
    ("/%D1%81%D0%B0%D0%BF%D0%BE%D0%B3%D0%B8", ("сапоги",), "url"),
    ("/сапоги/красные", ("сапоги", "красные"), "url"),
    ("/caf%C3%A9", ("café",), "url"),
    ("/cafe%CC%81", ("café",), "url"),
    ("/a%2Fb/c", ("a/b", "c"), "url"),
    ("/a%2520b", ("a b",), "url"),
    ("/%25D1%2581", ("с",), "url"),
    ("/100%25", ("100%",), "url"),
    ("/100%", ("100%",), "url"),
    ("/%zz/%4", ("%zz", "%4"), "url"),
    ("/%FF", ("%FF",), "url"),
    ("/a%00b", ("a\ufffdb",), "url"),
    ("/%20/%09/x", ("x",), "url"),
    ("/a%20%20%0Ab", ("a b",), "url"),
    ("/靴/ブーツ", ("靴", "ブーツ"), "url"),
    ("/%F0%9F%91%A2", ("👢",), "url"),
]


@pytest.mark.parametrize(("address", "path", "reason"), USUALLY)
def test_what_an_address_says_without_any_setting(address: str, path: Path, reason: TreeReason) -> None:
    """Right for most sites."""
    url = cleaned(SHOP + address)
    assert url is not None
    assert place(USUAL, NO_TREE, url) == (path, "url", reason)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://xn--bcher-kva.example/%D0%B0/b", ("а", "b")),
        ("https://bücher.example/a", ("a",)),
        ("http://192.0.2.7:8080/a/b", ("a", "b")),
        ("http://[2001:db8::1]/a", ("a",)),
        ("https://user:pass@shop.example/a", ("a",)),
        ("HTTPS://SHOP.EXAMPLE/A", ("A",)),
    ],
)
def test_the_host_says_nothing(url: str, path: Path) -> None:
    """Whatever it looks like."""
    assert place(USUAL, NO_TREE, url)[0] == path


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "", "/women", "https://", "https://[", "file:///etc/x", "x" * 65536],
)
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    """It never came so far: an event with it is not taken."""
    assert place(USUAL, NO_TREE, url) == ((), "url", "unreadable")


@pytest.mark.parametrize(
    ("rules", "address", "path", "reason"),
    [
        ({"home": ["/start", "/willkommen*"]}, "/start", (), "home"),
        ({"home": ["/start", "/willkommen*"]}, "/start/", (), "home"),
        ({"home": ["/start", "/willkommen*"]}, "/willkommen-2026", (), "home"),
        ({"home": ["/start"]}, "/start/boots", ("start", "boots"), "url"),
        ({"hash_routes": False}, "/#/women", (), "home"),
        ({"index": ["main.*"]}, "/women/main.cfm", ("women",), "url"),
        ({"index": ["main.*"]}, "/women/index.html", ("women", "index.html"), "url"),
        ({"locales": []}, "/en/women", ("en", "women"), "url"),
        ({"locales": ["deutsch", "eng*"]}, "/deutsch/damen", ("damen",), "url"),
        ({"locales": ["deutsch", "eng*"]}, "/English/women", ("women",), "url"),
        ({"locales": ["at", "de"]}, "/at/de/damen", ("damen",), "url"),
        ({"locales": ["de"]}, "/en/women", ("en", "women"), "url"),
        ({"ignored": ["category", "product-*"]}, "/category/women/product-page/boot", ("women", "boot"), "url"),
        ({"ignored": ["Category"]}, "/CATEGORY/women", ("women",), "url"),
        ({"facets": ["colour-*", "page"]}, "/boots/colour-red/page", ("boots",), "url"),
        ({"facets": ["*=*"]}, "/boots/colour=red/size=41", ("boots",), "url"),
        ({"query": ["cat", "product"]}, "/index.php?product=7&cat=3", ("3", "7"), "query"),
        ({"query": ["cat", "product"]}, "/index.php?utm_source=x", (), "home"),
        ({"query": ["r"]}, "/?r=women/boots/", ("women", "boots"), "query"),
        ({"query": ["id"]}, "/shop/view.php?id=a%20b", ("shop", "view.php", "a b"), "query"),
        ({"query": ["v"]}, "/#/women?v=boots", ("women", "boots"), "query"),
        ({"query": ["cat"], "names": {"cat=3": "Boots", "3": "No"}}, "/?cat=3", ("Boots",), "query"),
        ({"names": {"w": "Women", "b": "Boots"}}, "/w/b/red", ("Women", "Boots", "red"), "url"),
        ({"endings": [".html", ".php"]}, "/women.php/boots.HTML", ("women", "boots"), "url"),
        ({"endings": [".html"]}, "/.html", (".html",), "url"),
        ({"lower_case": True}, "/Women/BOOTS", ("women", "boots"), "url"),
        ({"ids": "drop"}, "/boots/184467", ("boots",), "url"),
        ({"ids": "drop"}, "/boots/17.html", ("boots",), "url"),
        ({"ids": "group"}, "/boots/184467", ("boots", "*"), "url"),
        ({"ids": "group"}, "/p/7F0A9C1E-2b34-4d55-8e66-0123456789ab", ("p", "*"), "url"),
        ({"ids": "group"}, "/p/507f1f77bcf86cd799439011", ("p", "*"), "url"),
        ({"ids": "drop"}, "/red-boots-184467", ("red-boots",), "url"),
        ({"ids": "group"}, "/184467-red-boots.html", ("red-boots.html",), "url"),
        ({"ids": "group"}, "/red-boots_p184467", ("red-boots",), "url"),
        ({"ids": "drop"}, "/iphone-15/summer-2026", ("iphone-15", "summer-2026"), "url"),
        ({"ids": "drop"}, "/blog/2026/05/31/hello", ("blog", "2026", "05", "31", "hello"), "url"),
        ({"ids": "drop"}, "/blog/2026/184467", ("blog", "2026"), "url"),
        ({"ids": "drop"}, "/decade/facade", ("decade", "facade"), "url"),
        ({"ids": "drop", "names": {"3": "Boots"}}, "/3/4", ("Boots",), "url"),
        ({"ids": "drop", "endings": [".htm"]}, "/c/boots-184467.htm", ("c", "boots"), "url"),
        (
            {"ignored": ["collections", "products"]},
            "/de/collections/boots/products/red-boot",
            ("boots", "red-boot"),
            "url",
        ),
    ],
)  # fmt: skip
def test_each_rule(rules: dict[str, Any], address: str, path: Path, reason: TreeReason) -> None:
    """What an administrator sets is what happens."""
    url = cleaned(SHOP + address)
    assert url is not None
    assert place(msgspec.convert(rules, TreeRules), NO_TREE, url) == (path, "url", reason)


TREE = SiteTree(
    pages={
        "/": (),
        "/c/boots": ("Women", "Boots"),
        "/p/17": ("Women", "Boots", "Red boot"),
        "/?cat=3": ("Men",),
        "/?cat=3&product=7": ("Men", "Belt"),
        "/listed/page": None,
        "/kategorie/шапки": ("Шапки",),
    },
    patterns={
        "/c/*": ("Category",),
        "/c/*/sale": ("Sale",),
        "/blog/**": ("Blog",),
        "/blog/2026-*": ("Blog", "2026"),
        "/listed/*": ("Pattern",),
    },
)


@pytest.mark.parametrize(
    ("address", "canonical", "placed"),
    [
        ("/c/boots", None, (("Women", "Boots"), "tree", "tree")),
        ("/c/boots/?utm_source=x", None, (("Women", "Boots"), "tree", "tree")),
        ("/en/c/boots/index.html", None, (("Women", "Boots"), "tree", "tree")),
        ("/c/boots/colour=red", None, (("c", "boots", "colour=red"), "url", "url")),
        ("/c/shoes", None, (("Category",), "tree", "pattern")),
        ("/c/shoes/sale", None, (("Sale",), "tree", "pattern")),
        ("/c/shoes/other", None, (("c", "shoes", "other"), "url", "url")),
        ("/blog", None, (("Blog",), "tree", "pattern")),
        ("/blog/a/b/c", None, (("Blog",), "tree", "pattern")),
        ("/blog/2026-05", None, (("Blog", "2026"), "tree", "pattern")),
        ("/blog/2026-05/x", None, (("Blog",), "tree", "pattern")),
        ("/?cat=3", None, (("Men",), "tree", "tree")),
        ("/index.php?product=7&utm=1&cat=3", None, (("Men", "Belt"), "tree", "tree")),
        ("/index.php?cat=4", None, ((), "tree", "tree")),
        ("/listed/page/", None, (("Pattern",), "tree", "pattern")),
        ("/kategorie/%D1%88%D0%B0%D0%BF%D0%BA%D0%B8", None, (("Шапки",), "tree", "tree")),
        ("/x", ["p", "17"], (("Women", "Boots", "Red boot"), "tree", "tree")),
        ("/x", ["elsewhere"], (("elsewhere",), "canonical", "canonical")),
        ("/c/boots", ["p", "17"], (("Women", "Boots"), "tree", "tree")),
        ("/#/c/boots", None, (("Women", "Boots"), "tree", "tree")),
    ],
)
def test_what_the_administrator_gave_is_better_than_an_address(
    address: str, canonical: list[str] | None, placed: tuple[Path, str, str]
) -> None:
    """An exact address before a pattern, a pattern before a sitemap, the address of the page before its canonical."""
    url = cleaned(SHOP + address)
    assert url is not None
    assert place(USUAL, TREE, url, canonical, "canonical" if canonical else None) == placed


def test_a_page_of_the_sitemap_stands_where_its_address_says() -> None:
    """Its source says that the site itself lists it."""
    tree = SiteTree(pages={"/women/boots": None})
    assert place(USUAL, tree, f"{SHOP}/en/women/boots/") == (("women", "boots"), "sitemap", "sitemap")
    assert place(USUAL, tree, f"{SHOP}/x", ["women", "boots"], "canonical")[1] == "sitemap"
    assert place(USUAL, tree, f"{SHOP}/x") == (("x",), "url", "url")


@pytest.mark.parametrize("source", ["call", "attribute", "breadcrumb", "microdata", None])
def test_what_the_page_says_itself_is_best(source: Any) -> None:
    """Whatever the administrator gave."""
    assert place(USUAL, TREE, f"{SHOP}/c/boots", ["Mine"], source) == (("Mine",), source or "call", "given")


def test_a_canonical_address_is_read_by_the_rules_too() -> None:
    """And an address that says more than its folders is better than it."""
    rules = TreeRules(ignored=("c",), query=("cat",))
    assert place(rules, NO_TREE, f"{SHOP}/x", ["de", "c", "boots", "index.html"], "canonical") == (
        ("boots",), "canonical", "canonical",
    )  # fmt: skip
    assert place(TreeRules(facets=("*=*",)), TREE, f"{SHOP}/c/boots/colour=red")[0] == ("Women", "Boots")
    assert place(rules, NO_TREE, f"{SHOP}/?cat=3", [], "canonical") == (("3",), "url", "query")
    assert place(rules, NO_TREE, f"{SHOP}/#/a", [], "canonical") == (("a",), "url", "route")


def test_what_a_browser_read_off_the_address_is_read_again() -> None:
    """It knows no rules. What is not in the address at all stays as it was said, and so does the word of a server."""
    rules = TreeRules(query=("cat",))
    assert place(rules, NO_TREE, f"{SHOP}/de/a%2Fb?cat=3", ["de", "a", "b"], "url") == (("a/b", "3"), "url", "query")
    assert place(USUAL, NO_TREE, f"{SHOP}/en/index.html", ["en", "index.html"], "url", trusted=True) == (
        ("en", "index.html"), "url", "given",
    )  # fmt: skip
    assert place(USUAL, NO_TREE, f"{SHOP}/x", ["Mine", "en"], "url") == (("Mine", "en"), "url", "url")


def test_an_endless_address_is_read_to_a_bound() -> None:
    """A path has at most 20 names, and a thousand parts cost no more than sixty-four."""
    long = SHOP + "/a" * 1_000
    assert place(USUAL, NO_TREE, long) == (("a",) * 20, "url", "url")
    assert place(TreeRules(ignored=("a",)), NO_TREE, long) == ((), "url", "home")
    assert len(explain(USUAL, NO_TREE, long).steps[0].after) == 64


@pytest.mark.parametrize("source", ["breadcrumb", "microdata"])
@pytest.mark.parametrize(
    ("home_names", "given", "path"),
    [
        (None, ["Home", "Women", "Boots"], ("Women", "Boots")),
        (None, ["Главная", "Обувь"], ("Обувь",)),
        (None, [" HOME\u00a0 Page ", "Women"], ("Women",)),
        (None, ["Domu\u030a", "Boty"], ("Boty",)),
        (None, ["Home"], ()),
        (None, ["Home", "Home", "Bedding"], ("Home", "Bedding")),
        (None, ["Women", "Home"], ("Women", "Home")),
        (None, ["Home & Garden", "Roses"], ("Home & Garden", "Roses")),
        (None, [], ()),
        ((), ["Home", "Bedding"], ("Home", "Bedding")),
        (("My Shop",), ["my shop", "Boots"], ("Boots",)),
        (("My Shop",), ["Home", "Boots"], ("Home", "Boots")),
    ],
)
def test_the_home_page_in_front_of_a_breadcrumb_is_no_level(
    home_names: tuple[str, ...] | None, given: list[str], path: Path, source: Any
) -> None:
    """In front only, once, by the site's list of names; an empty list leaves everything."""
    rules = USUAL if home_names is None else TreeRules(home_names=home_names)
    assert place(rules, NO_TREE, f"{SHOP}/p/17", given, source) == (path, source, "given")
    assert explain(rules, NO_TREE, f"{SHOP}/p/17", given, source).path == path


@pytest.mark.parametrize(
    ("source", "trusted"), [("call", False), ("attribute", False), (None, False), ("breadcrumb", True)]
)
def test_the_sites_own_word_may_begin_with_home(source: Any, trusted: bool) -> None:
    """Only what was written for readers and search engines is read with this rule."""
    given = place(USUAL, NO_TREE, SHOP, ["Home", "Boots"], source, trusted=trusted)
    assert given == (("Home", "Boots"), source or "call", "given")


def test_the_home_page_of_a_breadcrumb_is_a_step() -> None:
    """With its name, after what the page said."""
    steps = explain(USUAL, NO_TREE, SHOP, ["Home", "Boots"], "breadcrumb").steps
    assert [(step.rule, step.after, step.of) for step in steps] == [
        ("given", ("Home", "Boots"), ""), ("home_name", ("Boots",), "Home"),
    ]  # fmt: skip


# --- whatever comes --------------------------------------------------------------------------------------------------

_ADDRESS = st.text(alphabet=string.ascii_letters + string.digits + "/%.#?&=!;-_* é\u0301\u200b💥", max_size=80)
_PARTS = st.lists(st.sampled_from(["a", "b", "*", "a-*", "3", "en", "17", "x.html"]), min_size=1, max_size=4)
_RULES = st.builds(
    TreeRules,
    home=st.tuples(st.sampled_from(["/a", "/*", "/b/*"])),
    hash_routes=st.booleans(),
    locales=st.one_of(st.none(), st.just(()), st.just(("a", "b*"))),
    ignored=st.sampled_from([(), ("a",), ("*",), ("a*b",)]),
    query=st.sampled_from([(), ("a", "b")]),
    endings=st.sampled_from([(), (".html",), ("a",)]),
    ids=st.sampled_from(["keep", "drop", "group"]),
    lower_case=st.booleans(),
    names=st.sampled_from([{}, {"a": "Alpha", "a=b": "Beta", "17": "x" * 200}]),
)
_TREES = st.builds(
    SiteTree,
    pages=st.dictionaries(_PARTS.map(lambda parts: "/" + "/".join(parts)), st.sampled_from([None, ("P",), ("P", "Q")])),
    patterns=st.dictionaries(_PARTS.map(lambda parts: "/" + "/".join([*parts, "**"])), st.just(("Below",))),
)


@settings(max_examples=400, deadline=None)
@given(
    _RULES, _TREES, _ADDRESS, st.one_of(st.none(), st.lists(st.text(max_size=300) | st.just("Home"), max_size=25)),
    st.sampled_from([None, "canonical", "url", "breadcrumb"]),
)  # fmt: skip
def test_whatever_comes_has_a_place_and_the_steps_end_there(
    rules: TreeRules, tree: SiteTree, address: str, path: list[str] | None, source: Any
) -> None:
    """`explain` says the same as `place`, each step begins where the one before it ended, and no bound is exceeded."""
    url = cleaned(f"{SHOP}/{address}") or f"{SHOP}/"
    placed = explain(rules, tree, url, path, source)
    assert place(rules, tree, url, path, source) == (placed.path, placed.source, placed.reason)
    assert len(placed.path) <= 20
    assert all(0 < len(name) <= 200 for name in placed.path)
    at: Path = ()
    for step in placed.steps:
        assert step.before == at
        assert step.before != step.after or step.rule in ("given", "tree", "pattern", "sitemap")
        at = step.after
    assert at == placed.path
