"""Pure: what a file is called. A name from outside is shown to people and saved on their disks, so it is made plain:
no folders, nothing invisible, nothing that turns the reading around, and an ending that fits what the file really is.
"""

import unicodedata
from urllib.parse import quote, unquote_to_bytes

from contract.names import FileType

LONGEST = 120
#: The endings that fit; the first is put where none of them stands.
ENDINGS: dict[FileType, tuple[str, ...]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
}
#: Folders, and what one system or another gives a meaning in names.
_MEANS_SOMETHING = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
#: Devices of Windows: a file of that name cannot be saved there.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{device}{n}" for device in ("com", "lpt") for n in range(10))}
)  # fmt: skip
#: The ASCII of a header's quoted text that needs no second thought.
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-()")


def from_header(value: str) -> str:
    """`Gr%C3%BC%C3%9Fe.pdf` -> `Grüße.pdf`. What is no UTF-8 becomes U+FFFD; `value` may be anything."""
    return unquote_to_bytes(value[: LONGEST * 40].encode("latin-1", "replace")).decode("utf-8", "replace")


def clean_name(name: str, type: FileType) -> str:
    """At most 120 characters that can be seen, with an ending that fits `type`. Cleaned again it is the same.

    `..\\..\\evil.html` that is a PNG -> `evil.html.png`; nothing usable -> `picture.png`, `document.pdf`.
    """
    name = name[: LONGEST * 10].replace("\\", "/").rpartition("/")[2]
    # Z: spaces and line ends of every kind; C: control characters, direction marks, halves of pairs, unassigned.
    seen = (" " if unicodedata.category(one)[0] == "Z" else one for one in name if unicodedata.category(one)[0] != "C")
    plain = unicodedata.normalize("NFC", " ".join("".join(seen).split()))
    stem = plain.translate(_MEANS_SOMETHING).rstrip(" .")
    endings, ending = ENDINGS[type], ""
    before, dot, last = stem.rpartition(".")
    if dot and last.lower() in endings:
        stem, ending = before, last
    stem = stem.strip(" .")[: LONGEST - 1 - len(ending or endings[0])].strip(" .")
    if not stem or not any(map(str.isalnum, stem)):
        stem = "document" if type == "application/pdf" else "picture"
    if stem.partition(".")[0].lower().rstrip() in _DEVICES:
        stem = f"_{stem}"[: LONGEST - 1 - len(ending or endings[0])]
    return f"{stem}.{ending or endings[0]}"


def disposition(name: str, *, inline: bool) -> str:
    """The Content-Disposition (RFC 6266): the name in ASCII for the old, and as it is for everybody else."""
    how = "inline" if inline else "attachment"
    ascii_name = "".join(one if one in _PLAIN else "_" for one in name)
    return f"{how}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
