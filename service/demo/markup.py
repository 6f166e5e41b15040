"""Writes HTML so that forgetting to escape is impossible: text is escaped unless it is already `Html`."""

from html import escape

_EMPTY = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Html(str):
    """Text that is markup already; only this module and the pages' templates make it."""

    __slots__ = ()


def text(child: object) -> Html:
    """Any child as markup: `Html` as it is, nothing for None, lists joined, everything else escaped."""
    if isinstance(child, Html):
        return child
    if child is None:
        return Html("")
    if isinstance(child, list | tuple):
        return Html("".join(text(one) for one in child))
    return Html(escape(str(child), quote=True))


def element(tag: str, *children: object, **attributes: object) -> Html:
    """`<tag attributes>children</tag>`.

    `class_` and `for_` lose the underscore, others in the middle become hyphens (`aria_label`). An attribute
    that is None or False is left out; one that is True stands without a value.
    """
    opening = "".join(
        f" {_attribute(name)}" if value is True else f' {_attribute(name)}="{escape(str(value), quote=True)}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    if tag in _EMPTY:
        return Html(f"<{tag}{opening}>")
    return Html(f"<{tag}{opening}>{text(children)}</{tag}>")


def data_script(json_text: str) -> Html:
    """A block of JSON-LD; what could end the block is written as JSON escapes."""
    safe = json_text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Html(f'<script type="application/ld+json">{safe}</script>')


def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
