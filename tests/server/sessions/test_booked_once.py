"""No lawyer, station or session is booked twice, no station rung twice: the database says no."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from server.sessions.repository import appointments as rows
from server.storage.engine import Database
from server.storage.schema import Appointment, Base, StationCall
from signaling.commands import decode_command
from signaling.errors import Conflict
from tests.server.sessions.booked import Diary, open_diary
from tests.server.sessions.desk import Desk, sessions_on


@pytest.fixture
async def diary(desk: Desk) -> Diary:
    found = await open_diary(desk)
    await found.clock_to(found.at(8, days=1))
    return found


async def copy(diary: Diary, table: type[Base], id: str, **change: Any) -> None:
    """Store a row again under another id."""
    async with diary.desk.db.write() as write:
        row = await write.get_one(table, id)
        values = {one.name: getattr(row, one.name) for one in table.__table__.columns}
        write.add(table(**(values | {"id": uuid4().hex} | change)))


async def test_the_constraints_without_any_code_that_looks_first(diary: Diary) -> None:
    desk = diary.desk
    session = await desk.request()
    body = {"session": session, "lawyer": desk.id("lawyer"), "starts_at": diary.at(9)}
    made = (await desk.send("mediator", "session.book", body))["appointment"]
    row = await diary.row(made)

    async def take(holder: str) -> None:
        async with desk.db.write() as write:
            cell = int(row.starts_at.timestamp()) // 900 + 1
            await rows.take_cells(write, made, [holder], [cell])

    await diary.duty("lawyer")
    await diary.switch_on("mediator")
    call = await diary.call()
    second = desk.id("second")
    refused: list[Callable[[], Any]] = [
        lambda: take(row.lawyer_id),
        lambda: take(row.station_id),
        lambda: copy(diary, Appointment, made),  # a session put off twice
        lambda: copy(diary, StationCall, call, lawyer_id=second),
        lambda: copy(diary, StationCall, call, station_id=desk.people["elsewhere"].station_id),
    ]
    for deed in refused:
        with pytest.raises(IntegrityError):
            await deed()
    assert await diary.cells() == 4


async def test_many_book_at_once_and_each_time_is_booked_once(diary: Diary) -> None:
    """Two stations, one lawyer, three processes: every slot goes to one of them."""
    desk = diary.desk
    async with AsyncExitStack() as stack:
        houses = []
        for _ in range(3):
            db = Database(desk.db.engine.url.render_as_string(hide_password=False))
            stack.push_async_callback(db.close)
            houses.append(sessions_on(db, desk.clock, []))

        async def book(n: int) -> str | None:
            who = ("mediator", "elsewhere", "neighbour")[n % 3]
            body = diary.wanted(diary.at(9 + n // 6 % 3))
            envelope = {"v": 1, "id": str(uuid4()), "type": "appointment.book", "body": body}
            command = decode_command(envelope)
            try:
                return str((await houses[n % 3].execute(desk.people[who], command))["appointment"])
            except Conflict:
                return None

        made = [one for one in await asyncio.gather(*(book(n) for n in range(36))) if one]
    begins = [(await diary.row(one)).starts_at for one in made]
    assert len(begins) == len(set(begins)) == 3
    assert await diary.cells() == 3 * 2 * 2
