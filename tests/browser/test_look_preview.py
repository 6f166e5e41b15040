"""Where a site chooses how its chat looks, the chat is seen as it is: its own head, its own colours, light and dark."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.frame_states import Frame, change_site
from tests.browser.people import Desk, Pictures, Visitor
from tests.running import Server

#: How the parts of a head look, and what they are.
LOOKS = """head => [head, ...head.querySelectorAll('*')].map((one) => {
  const style = getComputedStyle(one);
  return [one.tagName, one.getAttribute('class'), style.color, style.backgroundColor, style.borderBottomColor,
    style.fontSize, style.fontWeight, style.padding, one.tagName === 'svg' ? '' : style.height];
})"""


def looks(head: Locator) -> list[Any]:
    """Part by part."""
    expect(head).to_be_visible()
    return list(head.evaluate(LOOKS))


def test_the_look_that_one_chooses_is_the_look_that_visitors_get(
    demo: Server, visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """The head of the real chat and that of the picture, part by part, in both schemes and in the site's colour."""
    change_site(demo, look={"accent": "#8a2be2", "title": {"en": "Ask a gardener"}})
    admin = expert("admin", how="Sign in and stay away for now").page
    admin.goto(f"{demo.other}/console/#/site/look")
    pictures = Pictures("look-preview")
    for scheme in ("light", "dark"):
        guest = visitor(color_scheme=scheme, locale="en-GB")
        guest.go("/garden")
        real = Frame(guest).open().inside.locator("main.panel > header")
        expect(real).to_contain_text("Ask a gardener")
        shown = admin.locator(f'.look-shown[data-scheme="{scheme}"] .panel > header')
        expect(shown).to_contain_text("Ask a gardener")
        admin.wait_for_timeout(500)
        shown.scroll_into_view_if_needed()
        pictures.take(admin, scheme)
        assert looks(shown) == looks(real)
