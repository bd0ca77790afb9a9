"""The admin's side: every station's appointments, the calendar, calls, what stations allow."""

import pytest
from sqlalchemy import select

from server.appointments.answering import Permission, WrongHours
from server.appointments.service import Cancel, Move, NewBooking
from server.roster import calendar
from server.roster.plan import ZONE
from server.sessions.booking import AppointmentOver, SlotTaken
from server.storage.engine import Database
from server.storage.schema import Audit
from signaling.commands import SessionKind
from signaling.errors import NotFound
from tests.server.sessions.booked import Diary, local_day, open_diary
from tests.server.sessions.desk import Desk, open_desk


@pytest.fixture
async def diary(small: Database) -> Diary:
    desk = await open_desk(small)
    found = await open_diary(desk)
    await found.clock_to(found.at(8, days=1))
    return found


def booking(desk: Desk, at: int, station: str | None = None) -> NewBooking:
    place = station or desk.people["mediator"].station_id or ""
    return NewBooking(place, desk.id("lawyer"), at, SessionKind.CONSULTATION, "wages", "排水沟")


async def audited(desk: Desk) -> list[str]:
    async with desk.db.read() as read:
        return list(await read.scalars(select(Audit.action).order_by(Audit.at)))


async def test_the_admin_books_moves_cancels_and_everybody_reads_why(diary: Diary) -> None:
    desk, admin = diary.desk, diary.desk.id("admin")
    made = str((await diary.pages.book(booking(desk, diary.at(9)), admin))["id"])
    with pytest.raises(SlotTaken):
        await diary.pages.book(booking(desk, diary.at(9)), admin)
    with pytest.raises(NotFound):
        await diary.pages.book(booking(desk, diary.at(10), "0" * 32), admin)
    await diary.pages.move(made, Move(diary.at(10), "律师开庭"), admin)
    await diary.pages.cancel(made, Cancel("已经和解"), admin)
    with pytest.raises(AppointmentOver):
        await diary.pages.cancel(made, Cancel("再取消"), admin)
    with pytest.raises(NotFound):
        await diary.pages.cancel("0" * 32, Cancel("没有"), admin)
    (shown,) = (await diary.pages.shown(local_day(desk), 7))["items"]
    assert [(one["type"], one["by"]) for one in shown["log"]] == [
        ("booked", "某admin"),
        ("move", "某admin"),
        ("cancel", "某admin"),
    ]
    assert (shown["state"], shown["reason"]) == ("cancelled", "已经和解")
    assert await audited(desk) == ["appointment_changed"] * 3


async def test_a_calendar_of_ones_own_and_of_everybody(diary: Diary) -> None:
    desk = diary.desk
    await diary.book(diary.at(9))
    await diary.book(diary.at(9), by="elsewhere", lawyer="second")
    gone = await diary.book(diary.at(10))
    reason = {"appointment": gone, "reason": "不来了"}
    await desk.send("mediator", "appointment.cancel", reason)
    everybody = calendar.read(await diary.pages.ics(None), ZONE)
    assert [one.summary for one in everybody] == ["预约：某lawyer", "预约：某second"] or [
        one.summary for one in everybody
    ] == ["预约：某second", "预约：某lawyer"]
    (own,) = calendar.read(await diary.pages.ics(desk.id("second")), ZONE)
    assert own.place == "B工作站"
    assert (own.begins.timestamp() * 1000, own.summary) == (diary.at(9), "预约：某second")


async def test_free_times_are_asked_for_ones_own_station_only(diary: Diary) -> None:
    desk = diary.desk
    session = await desk.request()
    made = await diary.book(diary.at(9))
    elsewhere = desk.people["elsewhere"].station_id
    for station, origin, but in (
        (elsewhere, session, None),
        (elsewhere, None, made),
        (None, None, None),
    ):
        with pytest.raises(NotFound):
            await diary.pages.slots(station, origin, but, None)
    assert await diary.pages.slots(None, session, None, desk.id("lawyer"))


async def test_what_stations_allow_is_set_by_the_admin_and_audited(diary: Diary) -> None:
    desk, admin = diary.desk, diary.desk.id("admin")
    station = desk.people["mediator"].station_id or ""
    for wrong in ((True, 600, 600, "0"), (True, 0, 60, ""), (True, 0, 60, "7"), (True, 9, 8, "1")):
        with pytest.raises(WrongHours):
            await diary.answering.permit(station, Permission(*wrong), admin)
    with pytest.raises(NotFound):
        await diary.answering.permit("0" * 32, Permission(False, 0, 0, ""), admin)
    await diary.answering.permit(station, Permission(True, 480, 1080, "43210"), admin)
    rules = {one["name"]: one for one in await diary.answering.permissions()}
    assert rules["A工作站"]["days"] == "01234"
    assert rules["B工作站"]["allowed"] is False
    assert await audited(desk) == ["unattended_set"]


async def test_a_lawyer_sees_which_stations_can_be_called(diary: Diary) -> None:
    desk = diary.desk
    await diary.switch_on("mediator")
    await desk.request()
    found = {one["name"]: (one["online"], one["busy"]) for one in await diary.answering.stations()}
    assert found == {"A工作站": (True, True), "B工作站": (False, False)}
    await diary.duty("lawyer")
    await diary.switch_on("elsewhere")
    call = await diary.call(to="elsewhere")
    await desk.send("elsewhere", "station.refuse", {"call": call})
    (shown,) = (await diary.pages.shown(local_day(desk), 1))["calls"]
    assert (shown["state"], shown["by_itself"], shown["station"]) == ("refused", False, "B工作站")
