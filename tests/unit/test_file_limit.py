"""How large an attachment may be is a setting that says so when it is none."""

from pathlib import Path

import pytest

from service.settings import FILE_LIMIT, read_settings


def limit(said: str, folder: Path) -> int:
    """ "" is a setting that was not made."""
    chosen = {"SHOPBELL_FILE_LIMIT": said} if said else {}
    return read_settings({**chosen, "SHOPBELL_DATA_DIR": str(folder)}).file_limit


@pytest.mark.parametrize(
    ("said", "wanted"), [("", FILE_LIMIT), ("1", 1), ("20000000", 20_000_000), (str(2**30), 2**30)]
)
def test_a_limit_in_bytes(said: str, wanted: int, tmp_path: Path):
    assert limit(said, tmp_path) == wanted


@pytest.mark.parametrize("said", ["0", "-1", "10 MB", "1e7", "٣", str(2**30 + 1), "9" * 40])
def test_what_is_no_limit_is_told_so_at_the_start(said: str, tmp_path: Path):
    with pytest.raises(ValueError, match="SHOPBELL_FILE_LIMIT must be"):
        limit(said, tmp_path)
