"""What is odd about a rule, as a sentence that says what to do, in the reader's language."""

from pathlib import Path

import msgspec

from routing.sense import Finding

_SENTENCES: dict[str, dict[str, str]] = {
    language: msgspec.json.decode((Path(__file__).parent / "text" / f"sense.{language}.json").read_bytes())
    for language in ("en", "ru")
}


def sentence(finding: Finding, language: str) -> str:
    """English where we do not speak the language."""
    catalogue = _SENTENCES.get(language, _SENTENCES["en"])
    said, values = catalogue[finding.code], dict(finding.values)
    if "group" in values:
        values["group"] = catalogue[f"group_{values['group']}"]
    for name, value in values.items():  # not str.format: a name is somebody's text and may hold braces
        said = said.replace("{" + name + "}", str(value))
    return said
