"""The catalogue of a transcript's words, in each language we speak."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from contract.names import Language

TRANSCRIPT: Mapping[Language, Mapping[str, str]] = {
    language: msgspec.json.decode((Path(__file__).parent / "text" / f"transcript.{language}.json").read_bytes())
    for language in ("en", "ru")
}
