"""Who works in the demo shop: four experts, each with a branch of the tree nobody else has."""

from dataclasses import dataclass
from typing import Literal

from service.demo.shop import Path

DOMAIN = "demo.example"
LEVEL = 5  # how well an expert knows their own branch, from 1 to 5


@dataclass(frozen=True, slots=True)
class Person:
    """One account of the demo; `topics` are paths of the tree, each known at `LEVEL`."""

    local: str
    name: str
    role: Literal["admin", "marketer", "expert"]
    languages: tuple[str, ...]
    topics: tuple[Path, ...] = ()

    @property
    def email(self) -> str:
        return f"{self.local}@{DOMAIN}"


PEOPLE = (
    Person("admin", "Agnes Holm", "admin", ("en", "ru")),
    Person("marketer", "Martin Ekeby", "marketer", ("en", "ru")),
    Person("anna", "Anna Lindqvist", "expert", ("en", "ru"), (("Garden",),)),
    Person("boris", "Boris Tamm", "expert", ("en", "ru"), (("Workshop",),)),
    Person("clara", "Clara Weiss", "expert", ("en", "ru"), (("Kitchen",),)),
    Person("dmitri", "Dmitri Orlov", "expert", ("ru", "en"), (("Hearth",),)),
)

TOPICS: dict[str, list[Path]] = {person.local: list(person.topics) for person in PEOPLE if person.topics}
