"""Pure: the parts in front of an address that only say in which language, or for which country, it is written."""

from collections.abc import Sequence

from tracker.tree_glob import globs

#: ISO 639-1, as far as whole sites are written in it, and less what is rather a word in an address (id, my, so, to).
_LANGUAGES = frozenset({
    "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr",
    "ga", "gl", "he", "hi", "hr", "hu", "hy", "is", "it", "ja", "ka", "kk", "ko", "ky", "lt", "lv", "mk", "mn", "ms",
    "mt", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tr",
    "uk", "ur", "uz", "vi", "zh",
})  # fmt: skip
#: With a region or script behind them these are languages, too: `id-ID`, `iw_IL`, `my-MM`.
_WITH_REGION = _LANGUAGES | {
    "af", "am", "eo", "fil", "gu", "id", "iw", "kn", "la", "lo", "ml", "mr", "my", "ne", "pa", "si", "tl", "yi", "zu",
}  # fmt: skip
#: Countries whose code stands before a language: `/us/en/`, `/ch/fr/`. Alone in front they are taken for a name.
_COUNTRIES = frozenset({
    "ae", "ar", "at", "au", "az", "ba", "be", "bg", "br", "by", "ca", "ch", "cl", "cn", "co", "cy", "cz", "de", "dk",
    "ee", "eg", "es", "eu", "fi", "fr", "gb", "ge", "gr", "hk", "hr", "hu", "id", "ie", "il", "in", "is", "it", "jp",
    "kr", "kz", "lt", "lu", "lv", "ma", "md", "me", "mk", "mt", "mx", "my", "nl", "no", "nz", "ph", "pl", "pt", "ro",
    "rs", "ru", "sa", "se", "sg", "si", "sk", "th", "tn", "tr", "tw", "ua", "uk", "us", "uz", "vn", "za",
})  # fmt: skip
_AT_MOST = 2


def leading(segments: Sequence[str], given: tuple[str, ...] | None) -> int:
    """How many of the first segments say the language: 0, 1 or 2. `given`: patterns; None: recognised by themselves."""
    if given is not None:
        known, number = globs(given), 0
        while number < min(len(segments), _AT_MOST) and known.fits(segments[number]):
            number += 1
        return number
    if not segments:
        return 0
    if len(segments) > 1 and segments[0].lower() in _COUNTRIES and is_language(segments[1]):
        return 2
    return 1 if is_language(segments[0]) else 0


def is_language(segment: str) -> bool:
    """`en`, `de-AT`, `pt_br`, `zh-Hans`, `zh-Hans-CN`, `es-419`."""
    if not 2 <= len(segment) <= 11 or not segment.isascii():
        return False
    language, *more = segment.lower().replace("_", "-").split("-")
    if not more:
        return language in _LANGUAGES
    return language in _WITH_REGION and len(more) <= 2 and all(_is_region(part) for part in more)


def _is_region(part: str) -> bool:
    """Two letters, a script of four, or a region's number of three digits."""
    return (len(part) in (2, 4) and part.isalpha()) or (len(part) == 3 and part.isdigit())
