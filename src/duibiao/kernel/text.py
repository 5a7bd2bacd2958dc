"""Words in two languages, and the few normalisations every room agrees on."""

import unicodedata
from enum import StrEnum

from duibiao.kernel.quick import quick_dataclass


class Language(StrEnum):
    """The languages a message can be shown in."""

    ZH = "zh"
    EN = "en"


@quick_dataclass(frozen=True, slots=True)
class Text:
    """A label or message in Chinese with its English beside it."""

    zh: str
    en: str = ""

    def in_(self, language: Language) -> str:
        """Return the words in one language; Chinese where no English was written."""
        return self.en if language is Language.EN and self.en else self.zh

    def __str__(self) -> str:
        return self.zh


def without_spaces(text: str) -> str:
    """Drop every white space: hard wraps and gaps between Chinese and digits carry no meaning."""
    return "".join(text.split())


def folded(text: str) -> str:
    """Return the text in the form labels are compared in: half-width, no spaces, lower case."""
    return without_spaces(unicodedata.normalize("NFKC", text)).lower()
