"""One text in both languages of the shop: whoever shows it picks the language last."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "ru"]


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in English (which also name the place in the tree) and in Russian."""

    en: str
    ru: str

    def __getitem__(self, language: Language) -> str:
        return self.ru if language == "ru" else self.en
