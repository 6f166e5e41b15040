"""What the shop consists of: sections that form a tree, and products that stand in it.

A path is a tuple of English names from the root. It is what the bell knows a place by, so it is the same in
every language; only what people read is translated.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from service.demo.words import Words

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """One thing on a shelf; `path` is the section it stands in, `price` in cents of a euro with tax."""

    sku: str
    name: Words
    path: Path
    slug: str
    url: str
    price: int
    text: Words
    size: Words
    material: Words
    care: Words
    guarantee: int  # years
    motif: str  # which picture is drawn for it

    @property
    def page(self) -> Path:
        """Where the product's own page stands in the information tree: one below its section."""
        return (*self.path, self.name.en)


@dataclass(frozen=True, slots=True)
class Section:
    """A shelf with shelves inside, or with products, or with both."""

    name: Words
    note: Words
    path: Path
    url: str
    motif: str
    sections: tuple["Section", ...] = ()
    products: tuple[Product, ...] = ()

    def everything(self) -> Iterator[Product]:
        """All products on this shelf and below, in shop order."""
        yield from self.products
        for section in self.sections:
            yield from section.everything()

    def walk(self) -> Iterator["Section"]:
        """This section and all sections below it."""
        yield self
        for section in self.sections:
            yield from section.walk()


@dataclass(frozen=True)
class Shop:
    """The whole shop, and the doors into it: by address, by path, by sku."""

    sections: tuple[Section, ...]
    currency: str = field(default="EUR")

    @cached_property
    def products(self) -> tuple[Product, ...]:
        """Every product, in shop order."""
        return tuple(product for section in self.sections for product in section.everything())

    @cached_property
    def section_at(self) -> dict[str, Section]:
        """Section by its address, such as `/garden/irrigation`."""
        return {section.url: section for branch in self.sections for section in branch.walk()}

    @cached_property
    def product_at(self) -> dict[str, Product]:
        """Product by its address."""
        return {product.url: product for product in self.products}

    @cached_property
    def by_sku(self) -> dict[str, Product]:
        """Product by its sku."""
        return {product.sku: product for product in self.products}

    @cached_property
    def by_path(self) -> dict[Path, Section]:
        """Section by its path of English names."""
        return {section.path: section for section in self.section_at.values()}

    def above(self, path: Path) -> list[Section]:
        """The sections that lead to `path`, from the top, `path` itself included."""
        return [self.by_path[path[: depth + 1]] for depth in range(len(path))]
