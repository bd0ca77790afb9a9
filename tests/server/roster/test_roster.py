"""The roster over HTTP and at the desk: lines, leave, swaps, files, hours, reasons."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.jobs.repository import Lapsed, end_lapsed_duty
from server.roster.bodies import NewEntry, NewLeave, NewSwap, SwapAnswer, WrongLine
from server.roster.files import RosterFiles, RosterRefused
from server.roster.service import Roster
from server.roster.swaps import NoSuchShift, SwapAnswered, Swaps
from server.sessions import repository
from server.storage.engine import Database
from signaling.errors import NotFound
from signaling.roster import EntryKind
from tests.server.house import House
from tests.server.sessions.desk import Desk, open_desk

MONDAY = datetime(2026, 11, 23, tzinfo=UTC).date()
DAY = MONDAY.isoformat()


@pytest.fixture
async def desk(migrated: Database) -> Desk:
    return await open_desk(migrated)  # nine on a Monday morning


@pytest.fixture
def roster(desk: Desk) -> Roster:
    return Roster(desk.db, desk.clock)


@pytest.fixture
def swaps(desk: Desk) -> Swaps:
    return Swaps(desk.db, desk.clock)


@pytest.fixture
def files(desk: Desk) -> RosterFiles:
    return RosterFiles(desk.db, desk.clock)


def line(
    desk: Desk, who: str, start: str = "09:00", end: str = "17:00", day: str = "0"
) -> NewEntry:
    return NewEntry(desk.id(who), EntryKind.DUTY, day, start, end)


async def shifts(roster: Roster) -> list[tuple[str, str, str]]:
    found = (await roster.shown(MONDAY, 1))["shifts"]
    return [(one["name"], one["start"], one["end"]) for one in found]


async def test_a_swap_counts_when_both_agree(desk: Desk, roster: Roster, swaps: Swaps) -> None:
    me, other = desk.id("lawyer"), desk.id("second")
    await roster.add(line(desk, "lawyer"), desk.id("admin"))
    wrong = NewSwap(other, DAY, "08:00", "12:00")
    with pytest.raises(NoSuchShift):
        await swaps.ask(wrong, me)
    asked = await swaps.ask(NewSwap(other, DAY, "09:00", "12:00"), me)
    assert await shifts(roster) == [("某lawyer", "09:00", "17:00")]
    with pytest.raises(SwapAnswered):
        await swaps.answer(asked["id"], SwapAnswer(True), me)
    with pytest.raises(NotFound):
        await swaps.answer(asked["id"], SwapAnswer(True), desk.id("admin"))
    await swaps.answer(asked["id"], SwapAnswer(True), other)
    assert await shifts(roster) == [("某second", "09:00", "12:00"), ("某lawyer", "12:00", "17:00")]
    with pytest.raises(SwapAnswered):
        await swaps.answer(asked["id"], SwapAnswer(False), other)
    (told,) = (await roster.shown(MONDAY, 1, other))["swaps"]
    assert (told["state"], told["mine"]) == ("agreed", False)


async def test_hours_given_away_twice_are_refused(desk: Desk, roster: Roster, swaps: Swaps) -> None:
    await roster.add(line(desk, "lawyer"), desk.id("admin"))
    swap = NewSwap(desk.id("second"), DAY, "09:00", "17:00")
    first, second = [await swaps.ask(swap, desk.id("lawyer")) for _ in range(2)]
    await swaps.answer(first["id"], SwapAnswer(True), desk.id("second"))
    with pytest.raises(NoSuchShift):
        await swaps.answer(second["id"], SwapAnswer(True), desk.id("second"))


async def test_leave_is_ones_own_and_not_for_the_past(desk: Desk, roster: Roster) -> None:
    await roster.add(line(desk, "lawyer"), desk.id("admin"))
    await roster.leave(NewLeave(DAY, "开庭", "09:00", "10:00"), desk.id("lawyer"))
    assert await shifts(roster) == [("某lawyer", "10:00", "17:00")]
    with pytest.raises(WrongLine):
        await roster.leave(NewLeave("2026-11-22", "开庭"), desk.id("lawyer"))


@pytest.mark.parametrize(
    ("start", "end", "day"), [("17:00", "09:00", "0"), ("9", "17:00", "0"), ("09:00", "17:00", "8")]
)
async def test_a_wrong_line_is_refused(
    desk: Desk, roster: Roster, start: str, end: str, day: str
) -> None:
    with pytest.raises(WrongLine):
        await roster.add(line(desk, "lawyer", start, end, day), desk.id("admin"))


async def test_on_duty_off_the_roster_needs_a_reason_and_hours_are_counted(
    desk: Desk, roster: Roster
) -> None:
    assert (await desk.send("second", "duty.on")) == {}, "nobody keeps a roster yet"
    await desk.send("second", "duty.off")
    await roster.add(line(desk, "lawyer"), desk.id("admin"))
    assert await desk.refused("second", "duty.on") == "reason_needed"
    await desk.send("second", "duty.on", {"reason": "替同事值班"})
    await desk.send("lawyer", "duty.on")
    desk.clock.forward(hours=2)
    assert await desk.refused("lawyer", "duty.off") == "reason_needed"
    await desk.send("lawyer", "duty.off", {"reason": "开庭"})
    desk.clock.forward(hours=5, minutes=45)
    await desk.send("lawyer", "duty.on")
    desk.clock.forward(minutes=10)
    await desk.send("lawyer", "duty.off")
    hours = {one["name"]: one for one in await roster.hours(MONDAY, MONDAY)}
    assert hours["某lawyer"]["planned_minutes"] == 8 * 60
    assert hours["某lawyer"]["served_minutes"] == 2 * 60 + 10
    assert hours["某lawyer"]["off_roster"] == 1
    assert hours["某second"]["served_minutes"] == 2 * 60 + 5 * 60 + 55


async def test_standing_by_is_no_duty_that_was_served(desk: Desk, roster: Roster) -> None:
    await roster.add(line(desk, "lawyer"), desk.id("admin"))
    await desk.send("lawyer", "duty.on")
    desk.clock.forward(minutes=30)
    by = {"standby": True}
    assert await desk.refused("lawyer", "duty.on", by) == "reason_needed"
    await desk.send("lawyer", "duty.on", {**by, "reason": "开庭"})
    desk.clock.forward(hours=6)
    await desk.send("lawyer", "duty.on")
    desk.clock.forward(minutes=15)
    await desk.send("lawyer", "duty.on", {**by, "reason": "开庭"})
    await desk.send("lawyer", "duty.off")
    hours = (await roster.hours(MONDAY, MONDAY))[0]
    assert (hours["served_minutes"], hours["off_roster"]) == (45, 2)


async def test_who_goes_without_signing_off_has_served_until_then(
    desk: Desk, roster: Roster
) -> None:
    await roster.add(line(desk, "lawyer"), desk.id("admin"))
    await desk.send("lawyer", "duty.on")
    gone = desk.clock() + timedelta(hours=1)
    desk.clock.forward(hours=3)
    async with desk.db.write() as write:
        await repository.renew_leases(write, [desk.id("lawyer")], gone)
        await end_lapsed_duty(write, Lapsed(desk.id("lawyer"), gone))
    desk.clock.forward(hours=1)
    await desk.send("lawyer", "duty.on")
    desk.clock.forward(hours=1)
    await desk.send("lawyer", "duty.off", {"reason": "开庭"})
    hours = (await roster.hours(MONDAY, MONDAY))[0]
    assert (hours["served_minutes"], hours["off_roster"]) == (120, 2)


async def test_who_is_on_and_next_is_shown_at_desk_and_terminal(desk: Desk, roster: Roster) -> None:
    empty: dict[str, Any] = {"now": [], "next": None}
    assert (await desk.view("mediator"))["rota"] == empty
    await roster.add(line(desk, "lawyer"), desk.id("admin"))
    await roster.add(line(desk, "second", "17:00", "20:00"), desk.id("admin"))
    at = int(datetime(2026, 11, 23, 9, 0, tzinfo=UTC).timestamp() * 1000)
    wanted = {"now": ["某lawyer"], "next": {"at": at, "names": ["某second"]}}
    assert (await desk.view("mediator"))["rota"] == wanted
    assert (await desk.view("second"))["rota"] == wanted


async def test_out_and_in_again_changes_nothing(
    desk: Desk, roster: Roster, files: RosterFiles
) -> None:
    admin = desk.id("admin")
    await roster.add(line(desk, "lawyer"), admin)
    await roster.add(line(desk, "second", day=DAY), admin)
    before = await files.csv()
    assert await files.import_csv(before.encode(), admin) == 2
    assert await files.csv() == before


async def test_a_file_with_a_bad_row_changes_nothing(
    desk: Desk, roster: Roster, files: RosterFiles
) -> None:
    admin = desk.id("admin")
    await roster.add(line(desk, "lawyer"), admin)
    before = await files.csv()
    bad = before + "nobody,值班,周一,08:00,09:00,\nlawyer,值班,周八,08:00,09:00,\n"
    bad += "lawyer,值班,周一,08:00,09:00,有\0字\n"
    with pytest.raises(RosterRefused) as refused:
        await files.import_csv(bad.encode(), admin)
    assert "第 3 行" in refused.value.message
    assert "第 4 行" in refused.value.message
    assert "第 5 行" in refused.value.message
    assert await files.csv() == before


async def test_a_calendar_is_brought_in_by_the_names_in_it(
    desk: Desk, roster: Roster, files: RosterFiles
) -> None:
    admin = desk.id("admin")
    await roster.add(line(desk, "lawyer"), admin)
    text = await files.ics(MONDAY, 1)
    assert "SUMMARY:值班：某lawyer" in text
    moved = text.replace("20261123T", "20261124T").encode()
    assert await files.import_ics(moved, admin) == 1
    found = (await roster.shown(MONDAY, 2))["shifts"]
    assert [one["day"] for one in found] == [DAY, "2026-11-24"]
    with pytest.raises(RosterRefused):
        await files.import_ics(text.replace("某lawyer", "没有这个人").encode(), admin)


async def test_over_http(small_house: House) -> None:
    lawyer: Any = small_house.people["lawyer"]
    body = {"lawyer": lawyer.id, "kind": "duty", "day": "0", "start": "09:00", "end": "17:00"}
    async with small_house.browser() as browser:
        await browser.sign_in(small_house, "admin")
        made = await browser.post("/api/roster/entries", body)
        assert made.status == 201
        entry = (await made.json())["id"]
        shown = await (await browser.get(f"/api/roster?from={DAY}&days=7")).json()
        assert [one["day"] for one in shown["shifts"]] == [DAY]
        assert (await browser.get("/api/roster?from=soon")).status == 400
        sheet = await browser.get("/api/roster/files/roster.csv")
        assert "lawyer,值班,周一,09:00,17:00," in await sheet.text()
        assert (await (await browser.get("/api/roster/hours")).json())["items"]
        assert (await browser.delete(f"/api/roster/entries/{entry}")).status == 204
        assert (await browser.delete(f"/api/roster/entries/{entry}")).status == 404
    async with small_house.browser() as browser:
        await browser.sign_in(small_house, "lawyer")
        assert (await browser.post("/api/roster/entries", body)).status == 403
        assert (await browser.get("/api/roster/files/roster.csv")).status == 404
        ics = await browser.get("/api/roster/files/roster.ics")
        assert (await ics.text()).startswith("BEGIN:VCALENDAR\r\n")
        leave = await browser.post("/api/roster/leave", {"day": DAY, "reason": "开庭"})
        assert leave.status == 201
