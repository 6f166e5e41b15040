"""The script tag that a site puts into its pages."""

from contract.accent import palette
from contract.look import Look
from service.static import integrity, version


def drawn(look: Look) -> str:
    """How the bell stands on the page, as an attribute of the tag: it is drawn before anybody asks us."""
    style = ["left:16px", "right:auto"] if look.side == "left" else []
    style += [f"background:{palette(look.accent).light.accent}"] if look.accent else []
    return f' data-look="{";".join(style)}"' if style else ""


def tag(public_url: str, key: str, look: Look) -> str:
    """Always the newest script."""
    return f'<script async src="{public_url}/shopbell.js" data-site="{key}"{drawn(look)}></script>'


def pinned(public_url: str, key: str, look: Look, snippet: bytes) -> str:
    """Just these bytes of the script, for ever: the browser refuses any others (subresource integrity)."""
    return (
        f'<script async src="{public_url}/{version(snippet)}" integrity="{integrity(snippet)}" '
        f'crossorigin="anonymous" data-site="{key}"{drawn(look)}></script>'
    )
