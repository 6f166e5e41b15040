"""The first run: an installation in which nobody has an account yet says where its first administrator is made."""

from collections.abc import Callable, Coroutine
from typing import Any

from access.queries import has_account
from service.bell import Bell
from service.setup_code import forget_code, make_code


def invite(say: Callable[[str], None]) -> Callable[[Bell], Coroutine[Any, Any, None]]:
    """For `serve(beside=...)`: where there is no account, `say` the address that makes one."""

    async def invited(bell: Bell) -> None:
        if await bell.store.read(has_account):
            forget_code(bell.settings.data_dir)
            return
        code = make_code(bell.settings.data_dir)
        say(
            "Nobody has an account here yet. Open this address in a browser to make the first administrator:\n"
            f"  {setup_address(bell.settings.public_url, code)}\n"
            "It is good once, and until the next start."
        )

    return invited


def setup_address(public_url: str, code: str) -> str:
    """Behind the "#", a browser keeps the code to itself: it stands in no log of a server or proxy."""
    return f"{public_url}/console/#/setup/{code}"
