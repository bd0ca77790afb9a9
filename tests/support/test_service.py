"""The whole service under its supervisor, as tests start it."""

from collections.abc import Awaitable, Callable

import pytest

from tests.support.service import Service
from tests.support.waiting import eventually


async def replaced(service: Service, command: str, killed: int) -> None:
    def another() -> bool:
        return service.pids(command) not in ([], [killed])

    await eventually(another, what=f"another {command}")


@pytest.mark.e2e
async def test_a_killed_process_is_replaced_and_none_stays_behind(
    start_service: Callable[[], Awaitable[Service]],
) -> None:
    service = await start_service()
    for command in ("web", "relay", "jobs"):
        await replaced(service, command, service.kill(command))
    await service.ready(timeout=10)
    service.stop()
    assert service.program.family() == []
