"""What a session is found by keeps step with it, in the transaction of each change."""

from datetime import timedelta

from server.dispatch import overdue
from server.review.filters import search_query
from server.review.repository.search import find
from tests.server.sessions.desk import Desk


async def found(desk: Desk, **given: str) -> bool:
    async with desk.db.read() as read:
        return bool((await find(read, search_query(given))).ids)


async def test_a_request_is_found_at_once(desk: Desk) -> None:
    session = await desk.row(await desk.request())
    assert await found(desk, q="拖欠工资", kind="mediation", recorded="no", matter="wages")
    assert await found(desk, q=session.number, station=session.station_id)
    assert not await found(desk, lawyer=desk.id("lawyer"))


async def test_the_lawyer_who_accepts_is_a_filter(desk: Desk) -> None:
    await desk.accepted()
    assert await found(desk, q="工资", lawyer=desk.id("lawyer"))
    assert not await found(desk, lawyer=desk.id("second"))


async def test_a_lawyer_who_never_came_is_none(desk: Desk) -> None:
    session = await desk.accepted()
    desk.clock.forward(seconds=timedelta(hours=1).total_seconds())
    await desk.change(session, overdue.check_connecting)
    assert not await found(desk, lawyer=desk.id("lawyer"))
    assert await found(desk, q="工资")


async def test_a_recording_that_began_is_a_filter(desk: Desk) -> None:
    session = await desk.live()
    assert await found(desk, recorded="yes", lawyer=desk.id("lawyer"))
    assert not await found(desk, recorded="no")
    await desk.advise(session)
    assert await found(desk, q="劳动仲裁", recorded="yes")
