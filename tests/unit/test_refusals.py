"""Every refusal has its status and its sentence, our own mistakes included."""

import msgspec
import pytest

from contract.errors import CODES, STATUS, Refused
from service.web import failure


@pytest.mark.parametrize("code", CODES)
def test_a_refusal_has_a_status_and_a_sentence_of_its_own_in_each_language(code: str) -> None:
    """The two languages never say the same words."""
    refused = Refused(code)  # type: ignore[arg-type]
    assert 400 <= STATUS[refused.code] <= 503
    assert refused.sentence("en") != refused.sentence("ru")


@pytest.mark.parametrize("tongue", ["en", "ru"])
def test_a_mistake_of_ours_is_of_the_closed_list_and_tells_only_its_number(tongue: str) -> None:
    """The number is what stands in the log."""
    error_id, response = failure(tongue)
    said = msgspec.json.decode(response.body)
    assert (response.status_code, said["code"], said["code"] in CODES) == (500, "internal", True)
    assert said["detail"].endswith(f"({error_id})")
    assert failure(tongue)[0] != error_id


@pytest.mark.parametrize(
    ("seconds", "tongue", "says"),
    [(None, "en", "wait a moment"), (30, "en", "wait a moment"), (61, "en", "in 2 min"), (7_200, "ru", "через 120 мин"),
     (86_399, "en", "in 24 h"), (86_399, "ru", "через 24 ч")],
)  # fmt: skip
def test_who_has_to_wait_for_long_reads_how_long(seconds: int | None, tongue: str, says: str) -> None:
    assert says in Refused("rate_limited", retry_after=seconds).sentence(tongue)
