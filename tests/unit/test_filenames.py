"""What a file is called, whatever somebody called it."""

import unicodedata
from typing import get_args
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.filenames import ENDINGS, LONGEST, clean_name, disposition, from_header
from contract.names import FileType

TYPES = get_args(FileType)


@pytest.mark.parametrize(
    ("name", "type", "cleaned"),
    [
        ("photo.png", "image/png", "photo.png"),
        ("IMG_1.JPG", "image/jpeg", "IMG_1.JPG"),
        ("a.jpeg", "image/jpeg", "a.jpeg"),
        ("Rechnung Müller.pdf", "application/pdf", "Rechnung Müller.pdf"),
        ("Счёт № 7.pdf", "application/pdf", "Счёт № 7.pdf"),
        ("../../etc/passwd", "image/png", "passwd.png"),
        ("..\\..\\windows\\evil.html", "image/gif", "evil.html.gif"),
        ("C:\\fakepath\\me.webp", "image/webp", "me.webp"),
        ("evil.html", "application/pdf", "evil.html.pdf"),
        ("a.pdf.exe", "application/pdf", "a.pdf.exe.pdf"),
        ("a.png", "image/jpeg", "a.png.jpg"),
        ("cod\u202egnp.exe", "image/png", "codgnp.exe.png"),
        ("a\r\nSet-Cookie: x=1.png", "image/png", "aSet-Cookie_ x=1.png"),
        ("a\0b\x1b[31m\x7f.png", "image/png", "ab[31m.png"),
        ("a\u2028b\u00a0c.png", "image/png", "a b c.png"),
        ("\u200b\u2066.png", "image/png", "picture.png"),
        ("", "application/pdf", "document.pdf"),
        (".png", "image/png", "picture.png"),
        ("...", "image/gif", "picture.gif"),
        ("CON.png", "image/png", "_CON.png"),
        ("con", "application/pdf", "_con.pdf"),
        ("nul.txt", "application/pdf", "_nul.txt.pdf"),
        ('a<b>:"c|d?*.png', "image/png", "a_b___c_d__.png"),
        ("a.html:x.png", "image/png", "a.html_x.png"),
        (" . a . .png", "image/png", "a.png"),
        ("~x.png", "image/png", "~x.png"),
        ("x" * 500 + ".png", "image/png", "x" * 116 + ".png"),
        ("\ud800a.png", "image/png", "a.png"),
    ],
)
def test_a_name_is_made_plain(name: str, type: FileType, cleaned: str):
    """No folders, nothing invisible, and an ending that fits what the file is."""
    assert clean_name(name, type) == cleaned


@given(st.text(max_size=300), st.sampled_from(TYPES))
def test_every_name_can_be_seen_saved_and_cleaned_again(name: str, type: FileType):
    cleaned = clean_name(name, type)
    assert 0 < len(cleaned) <= LONGEST
    assert not set(cleaned) & set('/\\<>:"|?*')
    assert all(unicodedata.category(one)[0] != "C" for one in cleaned)
    assert cleaned.rpartition(".")[2].lower() in ENDINGS[type]
    assert cleaned == cleaned.strip() == unicodedata.normalize("NFC", cleaned)
    assert not cleaned.startswith(".")
    assert clean_name(cleaned, type) == cleaned


@given(st.text(max_size=300), st.sampled_from(TYPES), st.booleans())
def test_a_header_holds_any_name(name: str, type: FileType, inline: bool):
    """One line of plain ASCII, and the name comes out of it again."""
    cleaned = clean_name(name, type)
    header = disposition(cleaned, inline=inline)
    assert header.isascii()
    assert header.isprintable()
    assert header.startswith("inline; " if inline else "attachment; ")
    assert from_header(header.partition("filename*=UTF-8''")[2]) == cleaned
    assert header.count('"') == 2


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=100))
def test_a_name_survives_the_header_it_is_sent_in(name: str):
    assert from_header(quote(name, safe="")) == name


@given(st.text(alphabet=st.characters(max_codepoint=255), max_size=100))
def test_a_header_may_hold_anything(value: str):
    """What is no UTF-8 is shown as such."""
    from_header(value).encode()
