"""The script tag that a site puts into its pages."""


def tag(public_url: str, key: str) -> str:
    """Always the newest script."""
    return f'<script async src="{public_url}/shopbell.js" data-site="{key}"></script>'
