"""Pure: what a User-Agent says of browser, system and device, in the words of the package `user-agents`.

That package asks the pure Python half of ua-parser, 0.5 to 1.2 ms for every text it has not just seen. Here its own
rules get the answers of the compiled resolver instead: the same answers in a twentieth of the time. Both packages take
a quarter of a second to load, so this file is imported when the first agent is read, not before (`tracker.device`).
"""

from ua_parser.loaders import load_lazy_builtins
from ua_parser.regex import Resolver
from user_agents.parsers import Browser, Device, OperatingSystem, UserAgent

from contract.names import DeviceKind

#: Its three extractors are asked one by one: what it wraps around their answers costs as much as they do.
_compiled = Resolver(load_lazy_builtins())
_browser, _system, _device = _compiled.ua.extract, _compiled.os.extract, _compiled.de.extract
_NO_BROWSER, _NO_SYSTEM, _NO_DEVICE = (
    Browser("Other", (), ""), OperatingSystem("Other", (), ""), Device("Other", None, None),
)  # fmt: skip


class Agent(UserAgent):  # type: ignore[misc]  # the package has no types
    """Their object with their rules (`is_mobile`, `is_tablet`, ...), its parts from the compiled resolver.

    Families are "Other" where nothing is known. The `version` of a part stays empty, `version_string` is theirs. About
    20 us; keep what you need of it (`tracker.device.said`).
    """

    def __init__(self, text: str) -> None:
        self.ua_string = text
        browser, system, device = _browser(text), _system(text), _device(text)
        self.browser = (
            Browser(browser.family, (), _version(browser.major, browser.minor, browser.patch))
            if browser
            else _NO_BROWSER
        )
        self.os = (
            OperatingSystem(system.family, (), _version(system.major, system.minor, system.patch))
            if system
            else _NO_SYSTEM
        )
        self.device = Device(device.family, device.brand, device.model) if device else _NO_DEVICE

    @property
    def kind(self) -> DeviceKind:
        """One word for the device, program or not. What is called telephone and tablet is a tablet."""
        if self.is_tablet:
            return "tablet"
        if self.is_mobile:
            return "mobile"
        return "pc" if self.is_pc else "unknown"


def _version(major: str | None, minor: str | None, patch: str | None) -> str:
    """As the package writes it: numbers without leading zeros, `10.4.1`."""
    parts = [part for part in (major, minor, patch) if part is not None]
    return ".".join([str(int(part)) if part[:1] == "0" and part.isdecimal() else part for part in parts])
