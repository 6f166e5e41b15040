"""Pure: what a User-Agent says of browser, system and device, in the words of the package `user-agents`.

That package asks the pure Python half of ua-parser, 0.5 to 1.2 ms for every text it has not just seen. Here its own
rules get the answers of the compiled resolver instead: the same answers in a twentieth of the time. Both packages take
a quarter of a second to load, so this file is imported when the first agent is read, not before (`tracker.device`).
"""

import msgspec
from ua_parser.loaders import load_lazy_builtins
from ua_parser.regex import Resolver
from user_agents.parsers import (
    UserAgent,
    parse_browser,
    parse_device,
    parse_operating_system,
)

from contract.names import DeviceKind

_OTHER = "Other"
#: Its three extractors are asked one by one: what it wraps around their answers costs as much as they do.
_compiled = Resolver(load_lazy_builtins())
_no_browser, _no_system, _no_device = (
    parse_browser(_OTHER), parse_operating_system(_OTHER), parse_device(_OTHER, None, None),
)  # fmt: skip


class _Read(UserAgent):  # type: ignore[misc]  # the package has no types
    """Their object with its rules, filled from the compiled resolver."""

    def __init__(self, text: str) -> None:
        browser, system, device = _compiled.ua.extract(text), _compiled.os.extract(text), _compiled.de.extract(text)
        self.ua_string = text
        self.browser = (
            parse_browser(browser.family, browser.major, browser.minor, browser.patch) if browser else _no_browser
        )
        self.os = (
            parse_operating_system(system.family, system.major, system.minor, system.patch, system.patch_minor)
            if system
            else _no_system
        )
        self.device = parse_device(device.family, device.brand, device.model) if device else _no_device


class Agent(msgspec.Struct, frozen=True, gc=False):
    """What a User-Agent says. Families are "Other" where nothing is known, versions "", brand and model None."""

    browser: str
    browser_version: str
    os: str
    os_version: str
    device: str
    brand: str | None
    model: str | None
    is_mobile: bool
    is_tablet: bool
    is_pc: bool
    is_bot: bool
    is_touch_capable: bool

    @property
    def kind(self) -> DeviceKind:
        """One word for the device, program or not. What is called telephone and tablet is a tablet."""
        if self.is_tablet:
            return "tablet"
        if self.is_mobile:
            return "mobile"
        return "pc" if self.is_pc else "unknown"


def parse(text: str) -> Agent:
    """What `user_agents.parse` says of `text`, about 25 us; keep the answer (`tracker.device.said`)."""
    read = _Read(text)
    return Agent(
        read.browser.family, read.browser.version_string, read.os.family, read.os.version_string,
        read.device.family, read.device.brand, read.device.model,
        read.is_mobile, read.is_tablet, read.is_pc, read.is_bot, read.is_touch_capable,
    )  # fmt: skip
