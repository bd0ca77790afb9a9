"""Everything of production renewed, one after the other, while people call.

Real processes, PostgreSQL and Redis; media is sound between light clients, through real relays.
``BENCH_CALLERS`` (4) people call at once, ``BENCH_BETWEEN`` (4) calls are taken between two steps,
``BENCH_ROUNDS`` (1) times over. All but the first, the commands and the times should be 0.
"""

import asyncio
import os
from collections.abc import Sequence
from functools import partial

from tests.bench.dispatch.crowd import make_crowd
from tests.bench.rolling.calls import Diary, Lawyer, Mediator
from tests.bench.rolling.count import Count, all_written, count
from tests.bench.rolling.people import Page
from tests.bench.rolling.town import Town, running_town
from tests.support.waiting import eventually

CALLERS = int(os.environ.get("BENCH_CALLERS", "4"))
BETWEEN = int(os.environ.get("BENCH_BETWEEN", "4"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "1"))
TALKS_S = (3.0, 8.0)
LAST_CALLS_S = 300.0
STEPS = ("webs", "relays", "jobs", "redis", "postgres")

Figure = tuple[str, float, str]


async def run() -> list[Figure]:
    """Names, values and units."""
    async with running_town(2, 2) as town:
        counted, diary = await renewed_under_load(town, STEPS * ROUNDS, CALLERS, BETWEEN, TALKS_S)
    return [
        ("rolling.calls", counted.calls, ""),
        ("rolling.calls_lost", counted.calls_lost, ""),
        ("rolling.calls_dropped", counted.calls_dropped, ""),
        ("rolling.commands", counted.commands, ""),
        ("rolling.commands_lost", counted.commands_lost, ""),
        ("rolling.commands_twice", counted.commands_twice, ""),
        ("rolling.longest_silence_ms", max(diary.silences, default=0.0) * 1000, "ms"),
        ("rolling.longest_wait_s", counted.waited_s, "s"),
    ]


async def renewed_under_load(
    town: Town,
    steps: Sequence[str],
    callers: int,
    between: int,
    talks: tuple[float, float],
) -> tuple[Count, Diary]:
    """Let people call, renew what the steps name, and count when the last call is over."""
    crowd, diary = await make_crowd(town.database_url, callers, callers + 1), Diary()
    pages = [Page(town.front, keys) for keys in (*crowd.mediators, *crowd.lawyers)]
    stop = asyncio.Event()
    desks = [asyncio.create_task(Lawyer(one, diary).work()) for one in pages[callers:]]
    calling = [
        asyncio.create_task(Mediator(one, diary, talks).work(stop)) for one in pages[:callers]
    ]
    try:
        await _taken(diary, callers, (*desks, *calling))
        for step in steps:
            await getattr(town, f"renew_{step}")()
            await _taken(diary, between, (*desks, *calling))
        stop.set()
        async with asyncio.timeout(LAST_CALLS_S):
            await asyncio.gather(*calling)
        await eventually(
            partial(all_written, town.database_url), 30.0, "the relays' last words are written down"
        )
    finally:
        for task in (*desks, *calling):
            task.cancel()
        await asyncio.gather(*desks, *calling, return_exceptions=True)
        for page in pages:
            await page.close()
    return await count(town.database_url, town.front, diary), diary


async def _taken(diary: Diary, more: int, people: Sequence["asyncio.Task[None]"]) -> None:
    """Until so many more calls have been taken: what was renewed serves."""
    wanted = len(diary.taken) + more

    def are_taken() -> bool:
        for one in people:
            if one.done():
                one.result()  # raises what went wrong with somebody
        return len(diary.taken) >= wanted

    await eventually(are_taken, 60.0, "calls are taken")
