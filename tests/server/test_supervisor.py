"""One command, three processes: a dead one is replaced, and they all end together."""

import signal

from server.supervisor import PROCESSES, Patience
from tests.conftest import StartService
from tests.support.service import Service
from tests.support.waiting import eventually


def test_who_keeps_dying_waits_longer() -> None:
    patience = Patience()
    waits = [patience.next_wait(lived=0.5) for _ in range(7)]
    assert waits == sorted(waits)
    assert waits[-1] == 5.0
    assert patience.next_wait(lived=60) == 0.0


async def test_a_dead_process_is_replaced(start_service: StartService) -> None:
    service = await start_service()
    for part in PROCESSES:
        await _replaced(service, part)
    await service.ready()


async def _replaced(service: Service, part: str) -> None:
    killed = service.kill(part)
    await eventually(lambda: service.pids(part) not in ([], [killed]), 20, f"another {part}")


async def test_they_end_together(start_service: StartService) -> None:
    service = await start_service()
    service.program.send(signal.SIGTERM)
    await eventually(lambda: not service.program.family(), 15, "nothing is left")
