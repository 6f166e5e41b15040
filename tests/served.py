"""The product as it is installed: `python -m tests.served demo` is `shopbell demo` without what only tests bring.

python-engineio loads aiohttp where it finds it, for its client, which only tests use.
"""

from store.lean import without

with without("aiohttp"):
    from service.cli import app

if __name__ == "__main__":
    app(prog_name="shopbell")
