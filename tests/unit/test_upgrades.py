"""Who comes with a crowd waits for their turn; who is inside has the turns between."""

import asyncio

import pytest
from uvicorn.server import ServerState

from service.upgrades import Upgrades, upgrades_of


async def test_each_begins_in_a_turn_of_its_own_and_in_order() -> None:
    row, log = Upgrades(), list[object]()
    for number in range(3):
        row.add(lambda number=number: log.append(number))  # type: ignore[misc]
    assert log == []
    for _ in range(4):
        await asyncio.sleep(0)
        log.append("inside")
    assert log == [0, "inside", 1, "inside", 2, "inside", "inside"]


async def test_one_that_fails_keeps_nobody_outside() -> None:
    row, log = Upgrades(), list[int]()
    asyncio.get_running_loop().set_exception_handler(lambda *_: log.append(-1))

    def fails() -> None:
        raise OSError

    for begin in (fails, lambda: log.append(1), lambda: log.append(2)):
        row.add(begin)
    await asyncio.sleep(0.01)
    assert log == [-1, 1, 2]
    row.add(lambda: log.append(3))
    await asyncio.sleep(0.01)
    assert log == [-1, 1, 2, 3]


@pytest.mark.parametrize("same", [True, False])
def test_each_server_has_its_own_row(same: bool) -> None:
    one, other = ServerState(), ServerState()
    assert (upgrades_of(one) is upgrades_of(one if same else other)) is same
