"""The script tag that a site puts into its pages."""

from service.static import integrity, version


def tag(public_url: str, key: str) -> str:
    """Always the newest script."""
    return f'<script async src="{public_url}/shopbell.js" data-site="{key}"></script>'


def pinned(public_url: str, key: str, snippet: bytes) -> str:
    """Just these bytes of the script, for ever: the browser refuses any others (subresource integrity)."""
    return (
        f'<script async src="{public_url}/{version(snippet)}" integrity="{integrity(snippet)}" '
        f'crossorigin="anonymous" data-site="{key}"></script>'
    )
