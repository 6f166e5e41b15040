"""Puts the goods of `goods/*.json` on the shelves: same files in, same shop out, down to every sku."""

import json
import re
from functools import cache
from pathlib import Path as File
from typing import Any

from service.demo.shop import Path, Product, Section, Shop
from service.demo.words import Words

GOODS = File(__file__).parent / "goods"
BRANCHES = ("garden", "workshop", "kitchen", "hearth")


def slug(name: str) -> str:
    """The part of an address that a name becomes: `Beds and pots` -> `beds-and-pots`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower().replace("½", "-half").replace("'", "")).strip("-")


@cache
def shop() -> Shop:
    """The demo shop; read once per process."""
    materials = _read("materials")
    return Shop(tuple(_Branch(name, materials).section(_read(name), (), "") for name in BRANCHES))


def products() -> tuple[Product, ...]:
    """Every product, for whoever keeps a catalogue of their own."""
    return shop().products


def _read(name: str) -> Any:
    return json.loads((GOODS / f"{name}.json").read_text(encoding="utf-8"))


class _Branch:
    """Walks one file of goods; counts shelves, so that skus do not depend on other files."""

    def __init__(self, name: str, materials: dict[str, Any]) -> None:
        self.letters = name[:2].upper()
        self.materials = materials
        self.shelf = 0

    def section(self, shelf: dict[str, Any], above: Path, url: str) -> Section:
        name = Words(*shelf["name"])
        path = (*above, name.en)
        url = f"{url}/{slug(name.en)}"
        motif = shelf.get("motif", "")
        goods = self.goods(shelf["goods"], path, url, motif) if "goods" in shelf else ()
        sections = tuple(self.section(inner, path, url) for inner in shelf.get("shelves", ()))
        # A shelf without a picture of its own shows that of its first shelf.
        return Section(name, Words(*shelf["note"]), path, url, motif or sections[0].motif, sections, goods)

    def goods(self, goods: list[dict[str, Any]], path: Path, url: str, motif: str) -> tuple[Product, ...]:
        self.shelf += 1
        sizes = [(good, size) for good in goods for size in good["sizes"]]
        return tuple(
            self.product(good, size, f"{self.letters}{self.shelf:02d}{number:02d}", path, url, motif)
            for number, (good, size) in enumerate(sizes, start=1)
        )

    def product(self, good: dict[str, Any], size: list[Any], sku: str, path: Path, url: str, motif: str) -> Product:
        label = Words(size[0], size[1])
        name = Words(*(f"{title}, {of_size}" for title, of_size in zip(good["name"], size[:2], strict=True)))
        material, care, guarantee = self.materials[good["of"]]
        return Product(
            sku=sku,
            name=name,
            path=path,
            slug=slug(name.en),
            url=f"{url}/{slug(name.en)}",
            price=size[2],
            text=Words(*good["text"]),
            size=label,
            material=Words(*material),
            care=Words(*care),
            guarantee=guarantee,
            motif=motif,
        )
