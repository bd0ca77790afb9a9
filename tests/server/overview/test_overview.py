"""The overview counts what is there: on both databases, days and weeks as they are in China."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from server.feedback.service import Ratings
from server.overview.counting import percentile, waiting
from server.overview.routes import OverviewPage, routes
from server.overview.service import CHINA, LONGEST, Overview
from server.storage.schema import Matter, Session
from server.web.routes import Route
from signaling.commands import SessionKind
from signaling.errors import ProtocolError
from signaling.recording import RecordingState
from signaling.session import SessionState
from tests.server.house import House

STATES = (SessionState.CLOSED, SessionState.CANCELLED, SessionState.LIVE, SessionState.DEFERRED)


def overview(house: House) -> Overview:
    return Overview(house.db, house.clock, Ratings(house.db, house.clock).summary)


def all_routes(house: House) -> list[Route]:
    return [*house.routes(), *routes(OverviewPage(overview(house)))]


def session(house: House, number: int, at: datetime, **values: Any) -> Session:
    given = {
        "kind": SessionKind.MEDIATION,
        "station_id": house.stations["A"].id,
        "state": SessionState.CLOSED,
    }
    return Session(
        number=f"N{number:06d}",
        matter_code="land",
        mediator_id=house.people["mediator"].id,
        recording=RecordingState.OFF,
        requested_at=at,
        attempt_at=at,
        **(given | values),
    )


async def keep(house: House, sessions: Sequence[Session]) -> None:
    async with house.db.write() as write:
        write.add(Matter(code="land", name="土地纠纷"))
        await write.flush()
        write.add_all(sessions)


async def answer(house: House, first: date, last: date, station: str | None = None) -> Any:
    asked = overview(house).question(first, last, station)
    return await overview(house).answer(asked)


async def test_the_database_counts_as_one_would_by_hand(house: House) -> None:
    some = random.Random(7)
    begin = datetime(2026, 8, 1, tzinfo=UTC)
    stations = [one.id for one in house.stations.values()]
    rows = []
    for number in range(400):
        at = begin + timedelta(minutes=some.randrange(100 * 24 * 60))
        after = timedelta(seconds=some.randrange(400)) if some.random() < 0.7 else None
        rows.append(
            session(
                house,
                number,
                at,
                kind=some.choice(list(SessionKind)),
                station_id=some.choice(stations),
                state=some.choice(STATES),
                accepted_at=at + after if after is not None else None,
            )
        )
    await keep(house, rows)
    first, last = date(2026, 8, 20), date(2026, 10, 20)
    for station in (None, stations[0]):
        found = await answer(house, first, last, station)
        inside = [
            one
            for one in rows
            if first <= one.requested_at.astimezone(CHINA).date() <= last
            and station in (None, one.station_id)
        ]
        assert found["total"] == len(inside)
        weeks = Counter((_monday(one), one.kind.value) for one in inside)
        assert {
            (one["week"], kind): one[kind] for one in found["weeks"] for kind in SessionKind
        } == {
            (one["week"], kind.value): weeks[one["week"], kind.value]
            for one in found["weeks"]
            for kind in SessionKind
        }
        by_station = Counter(one.station_id for one in inside)
        assert {one["id"]: one["count"] for one in found["stations"]} == {
            one: by_station[one] for one in stations
        }
        waits = [one.accepted_at - one.requested_at for one in inside if one.accepted_at]
        seconds = sorted(int(one.total_seconds()) for one in waits)
        assert found["waiting"] == waiting(Counter(seconds))
        assert sum(one["count"] for one in found["ends"]) == len(inside)
        assert sum(one["count"] for one in found["waiting"]["steps"]) == len(seconds)


def _monday(one: Session) -> str:
    day = one.requested_at.astimezone(CHINA).date()
    return (day - timedelta(days=day.weekday())).isoformat()


async def test_a_day_begins_at_midnight_in_china_and_a_week_on_monday(house: House) -> None:
    sunday_night = datetime(2026, 11, 22, 15, 59, 59, 999999, tzinfo=UTC)
    monday = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    await keep(house, [session(house, 1, sunday_night), session(house, 2, monday)])
    both = await answer(house, date(2026, 11, 22), date(2026, 11, 23))
    assert [(one["week"], one["mediation"]) for one in both["weeks"]] == [
        ("2026-11-16", 1),
        ("2026-11-23", 1),
    ]
    assert (await answer(house, date(2026, 11, 23), date(2026, 11, 23)))["total"] == 1


async def test_nothing_there_is_an_answer(small_house: House) -> None:
    found = await answer(small_house, date(2026, 11, 1), date(2026, 11, 23))
    assert found["total"] == 0
    assert found["waiting"] == waiting({})
    assert found["feedback"]["mean"] is None
    assert await overview(small_house).now() == {"talking": 0, "waiting": 0}


async def test_now_counts_talks_and_those_who_wait(small_house: House) -> None:
    at = small_house.clock()
    states = [SessionState.LIVE, SessionState.PAUSED, SessionState.RINGING, SessionState.CLOSED]
    rows = [session(small_house, n, at, state=state) for n, state in enumerate(states)]
    await keep(small_house, rows)
    assert await overview(small_house).now() == {"talking": 2, "waiting": 1}


def test_percentiles_are_of_the_nearest_rank() -> None:
    waits = {3: 5, 20: 4, 300: 1}
    assert [percentile(waits, share) for share in (0.1, 0.5, 0.51, 0.9, 0.91, 1)] == [
        3,
        3,
        20,
        20,
        300,
        300,
    ]
    assert waiting(waits)["prompt_share"] == 0.5


def test_a_span_is_complete_ordered_and_at_most_two_years(small_house: House) -> None:
    usual = overview(small_house).question(None, None, None)
    assert (usual.first, usual.last) == (date(2026, 9, 1), date(2026, 11, 23))
    for first, last in (
        (date(2026, 11, 24), date(2026, 11, 23)),
        (usual.last - LONGEST - timedelta(days=1), usual.last),
    ):
        with pytest.raises(ProtocolError):
            overview(small_house).question(first, last, None)


@pytest.mark.parametrize(
    "query", ["from=yesterday", "to=2026-02-30", "from=0001-01-01", "station=1", "to=9999-12-31"]
)
async def test_nonsense_is_refused(small_house: House, query: str) -> None:
    async with small_house.browser(all_routes(small_house)) as browser:
        await browser.sign_in(small_house, "supervisor")
        assert (await browser.get(f"/api/overview?{query}")).status == 400
        assert (await browser.get("/api/overview")).status == 200
