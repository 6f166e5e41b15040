"""The browser the other tests stand on."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page


def test_it_is_a_real_chromium_with_a_real_language(page: Page) -> None:
    """Intl accepts the browser's language, whatever the locale of the machine."""
    assert "Chrome/" in page.evaluate("navigator.userAgent")
    assert page.evaluate("Intl.getCanonicalLocales(navigator.language)") == ["en-US"]


def test_two_people_share_nothing(new_context: Callable[..., BrowserContext]) -> None:
    """Each context has its own language and its own storage."""
    anna, boris = new_context(), new_context(locale="ru-RU")
    assert [person.new_page().evaluate("navigator.language") for person in (anna, boris)] == ["en-US", "ru-RU"]
