"""The demo shop is a real little web site: it can be walked, read in two languages, and does not believe its input."""

import json
import re
from collections import Counter
from html.parser import HTMLParser

import httpx
import pytest
from starlette.applications import Starlette

from service.demo import catalogue, language, pictures
from service.demo.bell import origins
from service.demo.markup import Html, element
from service.demo.pages import articles, home, planner
from service.demo.people import PEOPLE, TOPICS
from service.demo.shop import Section
from service.demo.site import STATIC, routes
from service.demo.words import Language

SHOP = catalogue.shop()
SECTIONS = list(SHOP.section_at.values())
WITHOUT_BREADCRUMBS = ["/", "/search?q=oak", "/guides", "/planner", "/planner/bed/sun/kitchen"] + [
    f"/{slug}" for slug in articles.slugs()
]


class Page(HTMLParser):
    """What a test wants to know about a page: its tags with attributes, and the text of scripts and titles."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open = tag

    def handle_endtag(self, tag: str) -> None:
        self.open = ""

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.open, []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def path(self) -> list[str] | None:
        """The path that the JSON-LD of this page tells, None without one."""
        blocks = self.texts.get("script", [])
        if not blocks:
            return None
        (block,) = blocks
        told = json.loads(block)
        assert told["@type"] == "BreadcrumbList"
        steps = told["itemListElement"]
        assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
        return [step["name"] for step in steps]


APP = Starlette(routes=routes(SHOP))


def client(host: str = "http://localhost:8000", **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url=host, headers=headers)


@pytest.fixture
def english() -> httpx.AsyncClient:
    return client(**{"accept-language": "en"})


@pytest.fixture
def russian() -> httpx.AsyncClient:
    return client(**{"accept-language": "ru-RU,ru;q=0.9,en;q=0.5"})


class TestCatalogue:
    def test_it_is_large_enough(self) -> None:
        """At least 200 products, at least 4 levels below home, four branches."""
        assert len(SHOP.products) >= 200
        assert max(len(product.page) for product in SHOP.products) >= 4
        assert min(len(product.page) for product in SHOP.products) >= 4
        assert [section.path for section in SHOP.sections] == [
            ("Garden",),
            ("Workshop",),
            ("Kitchen",),
            ("Hearth",),
        ]

    @pytest.mark.parametrize("key", ["sku", "slug", "url", "page"])
    def test_every_product_is_its_own(self, key: str) -> None:
        """No two products share a sku, a slug, an address or a place in the tree."""
        assert [value for value, n in Counter(getattr(one, key) for one in SHOP.products).items() if n > 1] == []

    def test_no_address_is_taken_twice(self) -> None:
        """Sections, products and the shop's own pages never claim the same address."""
        taken = [*SHOP.section_at, *SHOP.product_at, *(f"/{slug}" for slug in articles.slugs()), "/guides", "/planner"]
        assert len(taken) == len(set(taken))

    def test_every_product_is_complete_in_both_languages(self) -> None:
        """Prices are whole cents above zero, and no text is missing or left untranslated."""
        for product in SHOP.products:
            assert isinstance(product.price, int)
            assert 100 <= product.price <= 500_000
            for words in (product.name, product.text, product.material, product.care):
                assert words.en.strip()
                assert re.search("[а-яё]", words.ru, re.IGNORECASE), words
                assert not re.search("[а-яё]", words.en, re.IGNORECASE), words

    def test_the_same_goods_give_the_same_shop(self) -> None:
        """Read again from the files, the catalogue is equal, skus and pictures included."""
        again = catalogue.shop.__wrapped__()
        assert again.products == SHOP.products
        assert pictures.of(again.products[0]) == pictures.of(SHOP.products[0])

    def test_what_pages_name_by_sku_exists(self) -> None:
        """The home page's choice and the planner's shopping lists point at real goods."""
        assert set(home.PICKED) <= set(SHOP.by_sku)
        assert all(SHOP.by_sku[sku].path[0] == "Garden" for skus in planner.NEEDED.values() for sku in skus)


class TestPeople:
    def test_every_branch_has_one_expert_and_no_topic_has_two(self) -> None:
        """Four experts share the four branches, one each."""
        assert set(TOPICS) == {"anna", "boris", "clara", "dmitri"}
        assert sorted(topic for topics in TOPICS.values() for topic in topics) == sorted(
            section.path for section in SHOP.sections
        )

    def test_the_six_of_the_contract_are_there(self) -> None:
        """Addresses and roles are those that the contract names."""
        assert {person.email: person.role for person in PEOPLE} == {
            "admin@demo.example": "admin",
            "marketer@demo.example": "marketer",
            "anna@demo.example": "expert",
            "boris@demo.example": "expert",
            "clara@demo.example": "expert",
            "dmitri@demo.example": "expert",
        }


class TestWalk:
    @pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.url)
    async def test_every_section_says_where_it_stands(
        self, english: httpx.AsyncClient, russian: httpx.AsyncClient, section: Section
    ) -> None:
        """Section pages answer 200 and tell the same English path in both languages."""
        for visitor in (english, russian):
            answer = await visitor.get(section.url)
            assert answer.status_code == 200
            assert Page(answer.text).path == list(section.path)

    async def test_every_product_says_where_it_stands(
        self, english: httpx.AsyncClient, russian: httpx.AsyncClient
    ) -> None:
        """Product pages answer 200, show name and price in the language, and tell the same English path."""
        languages: tuple[tuple[httpx.AsyncClient, Language], ...] = ((english, "en"), (russian, "ru"))
        for visitor, code in languages:
            for product in SHOP.products:
                answer = await visitor.get(product.url)
                assert answer.status_code == 200
                page = Page(answer.text)
                assert page.path == list(product.page)
                assert product.name[code] in page.texts["h1"]
                assert language.money(product.price, code) in page.texts["p"]

    @pytest.mark.parametrize("url", WITHOUT_BREADCRUMBS)
    async def test_some_pages_have_no_breadcrumbs(self, english: httpx.AsyncClient, url: str) -> None:
        """Home, guides, search and the planner leave the bell nothing but their address."""
        answer = await english.get(url)
        assert answer.status_code == 200
        assert Page(answer.text).path is None

    async def test_every_link_leads_somewhere(self, english: httpx.AsyncClient) -> None:
        """From the home page everything can be reached, and nothing that is linked is missing."""
        seen: set[str] = set()
        waiting = ["/"]
        while waiting:
            url = waiting.pop()
            answer = await english.get(url)
            assert answer.status_code == 200, url
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            page = Page(answer.text)
            links = [tag["href"] for tag in page.all("a") + page.all("link")] + [tag["src"] for tag in page.all("img")]
            for link in links:
                local = (link or "").removeprefix("http://localhost:8000")
                assert local.startswith(("/", "#")), link
                if local not in seen and not local.startswith(("/language/", "#")):
                    seen.add(local)
                    waiting.append(local)
        assert seen >= {*SHOP.product_at, *SHOP.section_at, "/planner", "/guides/clean-fire", "/about"}

    async def test_the_trail_is_translated_while_the_path_is_not(self, russian: httpx.AsyncClient) -> None:
        """People read their own language; the place keeps its one name."""
        answer = await russian.get("/garden/irrigation/drip-systems")
        assert "Капельный полив" in answer.text
        assert Page(answer.text).path == ["Garden", "Irrigation", "Drip systems"]

    async def test_every_picture_is_an_image(self, english: httpx.AsyncClient) -> None:
        """Each product has a picture without scripts, styles or outside references."""
        for product in SHOP.products:
            answer = await english.get(f"/pictures/{product.sku}.svg")
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("image/svg+xml")
            assert not re.search(r"<script|<style|href|url\(|\$", answer.text)
            HTMLParser().feed(answer.text)


class TestBell:
    @pytest.mark.parametrize(
        ("shop", "bell"),
        [
            ("http://localhost:8000", "http://127.0.0.1:8000"),
            ("http://127.0.0.1:8000", "http://localhost:8000"),
            ("http://localhost", "http://127.0.0.1"),
            ("http://192.168.1.7:8000", "http://192.168.1.7:8000"),
            ("http://desk.lan:8000", "http://desk.lan:8000"),
        ],
    )
    async def test_it_comes_from_the_other_loopback_name(self, shop: str, bell: str) -> None:
        """The tag is what a customer pastes, and the policy lets in the bell and nobody else."""
        answer = await client(shop).get("/garden")
        page = Page(answer.text)
        tags = [tag for tag in page.all("script") if "data-site" in tag]
        assert tags == [{"async": None, "src": f"{bell}/shopbell.js", "data-site": "demo"}]
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert policy["script-src"] == f"'self' {bell}"
        assert policy["connect-src"] == f"'self' {bell}"
        assert policy["frame-src"] == bell

    @pytest.mark.parametrize(
        "host",
        ['a"><script>', "localhost:0", "localhost:99999", "a b", "", "evil.example/x", "-", "[::1", "a;b", "а.рф"],
    )
    def test_a_host_that_is_none_is_refused(self, host: str) -> None:
        """A Host header that could end up as markup or as a policy gets no page."""
        assert origins("http", host) is None

    async def test_a_broken_host_header_gets_400(self) -> None:
        """The refusal is an answer, not an accident, on every page."""
        for url in ("/", "/garden", "/nowhere", "/search?q=x"):
            assert (await client().get(url, headers={"host": "[::"})).status_code == 400

    @pytest.mark.parametrize("url", ["/", "/garden", SHOP.products[0].url, *WITHOUT_BREADCRUMBS, "/nowhere"])
    async def test_nothing_is_inline_and_nothing_comes_from_outside(self, english: httpx.AsyncClient, url: str) -> None:
        """The queue stands before the bell; scripts are files; no style, no handler, no other host."""
        page = Page((await english.get(url)).text)
        scripts = [tag for tag in page.all("script") if tag.get("type") != "application/ld+json"]
        sources = [tag.get("src") or "" for tag in scripts]
        assert sources.index("/shop/stub.js") < sources.index("http://127.0.0.1:8000/shopbell.js")
        assert all(source.startswith(("/shop/", "http://127.0.0.1:8000/shopbell.js")) for source in sources)
        assert page.all("style") == []
        names = {name for _, attributes in page.tags for name in attributes}
        assert "style" not in names
        assert not [name for name in names if name.startswith("on")]


class TestLanguage:
    @pytest.mark.parametrize(
        ("cookie", "header", "expected"),
        [
            (None, "", "en"),
            (None, "ru", "ru"),
            (None, "ru-RU,ru;q=0.9,en-US;q=0.8", "ru"),
            (None, "en-GB,ru;q=0.9", "en"),
            (None, "de,fr;q=0.8", "en"),
            (None, "de,ru;q=0.4,en;q=0.2", "ru"),
            (None, "en;q=0.1,ru;q=0.7", "ru"),
            (None, "ru;q=0,en", "en"),
            (None, "ru;q=0", "en"),
            (None, "*", "en"),
            (None, "ru;q=x, \x00, ;;;,,,", "en"),
            ("ru", "en", "ru"),
            ("en", "ru", "en"),
            ("xx", "ru", "ru"),
        ],
    )
    def test_own_choice_before_the_browsers_wish(self, cookie: str | None, header: str, expected: str) -> None:
        """The cookie counts first, then the best wish that we speak, then English."""
        assert language.choose(cookie, header) == expected

    async def test_the_switch_is_remembered(self) -> None:
        """It goes back to where the person was, and the next page speaks the language."""
        visitor = client(**{"accept-language": "en"})
        switch = next(
            tag["href"]
            for tag in Page((await visitor.get("/search?q=oak&x=1")).text).all("a")
            if tag.get("lang") == "ru"
        )
        answer = await visitor.get(switch or "")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/search?q=oak&x=1"
        assert '<html lang="ru">' in (await visitor.get("/garden")).text

    @pytest.mark.parametrize(
        "back",
        [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "evil",
            "",
            "/a\r\nSet-Cookie: x=1",
            "/ /x",
            "/" + "a" * 3000,
        ],
    )
    async def test_the_switch_never_leads_away(self, back: str) -> None:
        """Anything that is not an address on this site becomes the home page."""
        answer = await client().get("/language/ru", params={"back": back})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"

    def test_both_catalogues_say_the_same_things(self) -> None:
        """Every sentence exists in both languages, with the same places to fill in."""
        for name in ("", "articles", "planner"):
            english, russian = language.read(name, "en"), language.read(name, "ru")
            assert _shape(english) == _shape(russian)

    @pytest.mark.parametrize(
        ("n", "english", "russian"),
        [(1, "1 thing", "1 вещь"), (2, "2 things", "2 вещи"), (5, "5 things", "5 вещей"), (11, "11 things", "11 вещей"),
         (12, "12 things", "12 вещей"), (21, "21 things", "21 вещь"), (53, "53 things", "53 вещи")],
    )  # fmt: skip
    def test_numbers_have_the_right_word(self, n: int, english: str, russian: str) -> None:
        """Russian has three forms."""
        assert (language.counted("goods", n, "en"), language.counted("goods", n, "ru")) == (english, russian)

    @pytest.mark.parametrize(
        ("cents", "english", "russian"),
        [
            (390, "€3.90", "3,90\u00a0€"),
            (129000, "€1,290.00", "1\u00a0290,00\u00a0€"),
            (5, "€0.05", "0,05\u00a0€"),
        ],
    )
    def test_prices_are_written_as_people_write_them(self, cents: int, english: str, russian: str) -> None:
        """Whole cents in, no float in between."""
        assert (language.money(cents, "en"), language.money(cents, "ru")) == (english, russian)


class TestSearch:
    @pytest.mark.parametrize("query", ["rain barrel", "бочка дожд", "RAIN  oak", "GA0401"])
    async def test_it_finds_in_either_language(self, english: httpx.AsyncClient, query: str) -> None:
        """Words in any order and case, in names, shelves, materials and article numbers."""
        answer = await english.get("/search", params={"q": query})
        assert "Oak rain barrel, 100 litres" in answer.text

    async def test_a_word_is_found_where_it_begins(self, english: httpx.AsyncClient) -> None:
        """Oak is in the barrel and not in the soaker hose."""
        answer = await english.get("/search?q=oak")
        assert "Oak rain barrel" in answer.text
        assert "Soaker" not in answer.text

    @pytest.mark.parametrize(
        "query",
        ['<script>alert(1)</script>',
         '"><img src=x onerror=alert(1)>', "' onfocus=alert(1) '", "{query.__class__}", "{0}",
         "\x00\ud7ff", "%", "a" * 5000],
    )  # fmt: skip
    async def test_it_shows_what_was_typed_as_text(self, english: httpx.AsyncClient, query: str) -> None:
        """Nothing that somebody types becomes markup or a format."""
        answer = await english.get("/search", params={"q": query})
        assert answer.status_code == 200
        page = Page(answer.text)
        assert len([tag for tag in page.all("script") if tag.get("src")]) == 3
        assert [tag for tag in page.all("img") if tag.get("src") == "x"] == []
        (field,) = page.all("input")
        assert field["value"] == " ".join(query[:80].split())
        assert set(field) == {"id", "type", "name", "value", "maxlength", "placeholder"}

    @pytest.mark.parametrize("query", ["", "   ", None])
    async def test_nothing_typed_finds_nothing(self, english: httpx.AsyncClient, query: str | None) -> None:
        """An empty search explains itself."""
        answer = await english.get("/search", params={"q": query} if query is not None else {})
        assert "Type a word" in answer.text


class TestRefusal:
    @pytest.mark.parametrize(
        "url",
        ["/nowhere", "/garden/nowhere",
         "/garden/irrigation/saws", "/Garden", "/planner/x", "/planner/bed/sun/kitchen/x",
         "/guides/nowhere", "/%3Cscript%3Ealert(1)%3C/script%3E", "/%00", "/%ff%fe", "/..%2f..%2fetc",
         "//evil.example"],
    )  # fmt: skip
    async def test_an_unknown_address_gets_404_in_style(self, english: httpx.AsyncClient, url: str) -> None:
        """Whatever is asked for, the answer is the shop's page and repeats nothing of it as markup."""
        answer = await english.get(f"http://localhost:8000{url}")
        assert answer.status_code == 404
        assert "There is no such shelf" in answer.text
        assert "<script>alert" not in answer.text

    @pytest.mark.parametrize(
        "url",
        ["/language/xx", "/language/EN", "/pictures/nothing.svg", "/shop/nothing.css", "/shop/..%2fsite.py",
         "/shop/planner.xx.json", "/a%0d%0ab"],
    )  # fmt: skip
    async def test_what_is_no_page_gets_a_plain_404(self, english: httpx.AsyncClient, url: str) -> None:
        """Only files that were there at the start are served, and a line break is no address."""
        assert (await english.get(url)).status_code == 404

    async def test_pages_can_only_be_read(self, english: httpx.AsyncClient) -> None:
        """Nothing can be posted to the shop."""
        assert (await english.post("/garden")).status_code == 405


class TestFiles:
    @pytest.mark.parametrize("name", sorted(file.name for file in STATIC.iterdir()))
    async def test_they_are_served_and_call_nobody(self, english: httpx.AsyncClient, name: str) -> None:
        """Style, scripts and mark come from the shop itself and load nothing from elsewhere."""
        answer = await english.get(f"/shop/{name}")
        assert answer.status_code == 200
        assert not re.search(r"@import|url\(|https?://(?!www\.w3\.org/2000/svg)|innerHTML", answer.text)

    @pytest.mark.parametrize("code", ["en", "ru"])
    async def test_the_planner_gets_its_words_and_goods(self, english: httpx.AsyncClient, code: str) -> None:
        """Every answer of the first and the last question has goods to show, and they exist."""
        material = (await english.get(f"/shop/planner.{code}.json")).json()
        room, _, wish = material["words"]["answers"]
        assert set(material["goods"]) == {*room, *wish}
        assert all(good["url"] in SHOP.product_at for goods in material["goods"].values() for good in goods)


class TestMarkup:
    @pytest.mark.parametrize(
        ("made", "expected"),
        [
            (element("p", "<b>&\"'"), "<p>&lt;b&gt;&amp;&quot;&#x27;</p>"),
            (element("p", element("b", "x"), None, 3), "<p><b>x</b>3</p>"),
            (element("a", "x", href='"><script>'), '<a href="&quot;&gt;&lt;script&gt;">x</a>'),
            (element("img", alt="", aria_hidden="true", class_="c"), '<img alt="" aria-hidden="true" class="c">'),
            (element("input", disabled=True, checked=False, value=None), "<input disabled>"),
            (element("ul", [element("li", one) for one in "<a"]), "<ul><li>&lt;</li><li>a</li></ul>"),
        ],
    )
    def test_text_is_escaped_and_markup_is_not(self, made: Html, expected: str) -> None:
        """Only what is already `Html` passes as markup."""
        assert made == expected


def _shape(words: object) -> object:
    """The structure of a catalogue without its words: keys, lengths, and the fields each sentence has."""
    if isinstance(words, dict):
        return {key: _shape(value) for key, value in words.items()}
    if isinstance(words, list):
        return [_shape(value) for value in words]
    return sorted(re.findall(r"\{\w+\}", str(words)))
