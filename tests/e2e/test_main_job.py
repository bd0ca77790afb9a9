"""Steps 2 to 7 of the main job: duty, call, room, advice, wrap-up, review."""

import asyncio
import sqlite3
import time
from datetime import datetime
from pathlib import Path

from recordings.model import TrackKind
from tests.conftest import OpenBrowser, StartService
from tests.e2e.actors import (
    ADVICE,
    DESK_SCREEN,
    JOIN_S,
    TERMINAL_SCREEN,
    Actor,
    Admin,
    Lawyer,
    Mediator,
    demo_accounts,
    live,
    new_page,
    terminal_code,
)
from tests.e2e.recorded import tracks
from tests.support.media import LAWYER, MEDIATOR
from tests.support.service import Service
from tests.support.waiting import SLOWNESS, eventually

TALK_S = 12.0


async def test_main_job(start_service: StartService, open_browser: OpenBrowser) -> None:
    service = await start_service()
    accounts = demo_accounts(service.data)
    desk = await open_browser(LAWYER)
    lawyer = Lawyer(await new_page(desk, DESK_SCREEN), service)
    mediator = Mediator(await new_page(await open_browser(MEDIATOR), TERMINAL_SCREEN), service)
    admin = Admin(await new_page(desk, DESK_SCREEN), service)

    await lawyer.go_on_duty(accounts["lawyer1"])
    await mediator.open_terminal(terminal_code(service), accounts["mediator01"])
    await mediator.call("王建国", "李秀英")
    await lawyer.answer()
    await live(lawyer, mediator)
    await lawyer.recording()
    await mediator.recording()
    await _sees_and_hears(lawyer)
    await _sees_and_hears(mediator)
    await lawyer.advise()
    await mediator.at("advice-card").filter(has_text=ADVICE).wait_for()

    await lawyer.hang_up()
    await mediator.at("confirm-receipt").click()
    await mediator.at("receipt-confirmed").wait_for()
    await lawyer.at("close-session").click()
    await mediator.leave()

    session = _one_session(service.data)
    await _sealed(service, session)
    await _recording_is_the_session(service, session)
    await admin.sign_in_at_desk(accounts["admin"])
    await admin.find("工资")
    await admin.open_first()
    await admin.open_recording("核对调解协议")
    await _marker_lands(admin, session)
    for actor in (lawyer, mediator, admin):
        assert actor.complaints.seen == []


async def _sees_and_hears(actor: Actor) -> None:
    """At least 15 pictures a second and audio that is not silence, from getStats."""
    (place,) = await actor.heard_places()

    async def fluent() -> bool:
        before, began = await actor.inbound(place), time.monotonic()
        await asyncio.sleep(TALK_S / 2)  # a rate is of a time
        after, seconds = await actor.inbound(place), time.monotonic() - began
        rate = (after["framesDecoded"] - before["framesDecoded"]) / seconds
        energy = (after["totalAudioEnergy"] - before["totalAudioEnergy"]) / seconds
        return bool(rate >= 15 and energy > 0.001)

    await eventually(fluent, TALK_S, "15 pictures a second, and sound")


class _Row(dict[str, str]):
    """A row by column name."""


def _query(data: Path, sql: str) -> list[_Row]:
    with sqlite3.connect(f"file:{data / 'yuntiao.db'}?mode=ro", uri=True) as db:
        db.row_factory = lambda cursor, row: _Row(
            {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
        )
        return db.execute(sql).fetchall()


def _one_session(data: Path) -> _Row:
    (session,) = _query(data, "SELECT * FROM session")
    return session


async def _sealed(service: Service, session: _Row) -> None:
    def done() -> bool:
        return _one_session(service.data)["recording"] == "closed"

    await eventually(done, 10, "the recording is sealed")
    parts = list((service.data / "recordings" / session["id"]).rglob("*.part"))
    assert parts == []


async def _recording_is_the_session(service: Service, session: _Row) -> None:
    """Every participant's tracks: as long as the talk, their picture, their tone."""
    found = tracks(service.data / "recordings" / session["id"])
    talk_s = _seconds(session["live_at"], session["ended_at"])
    people = _query(service.data, "SELECT id, role FROM participant")
    for person in people:
        persona = {"lawyer": LAWYER, "mediator": MEDIATOR}[person["role"]]
        camera = found[person["id"], TrackKind.CAMERA]
        microphone = found[person["id"], TrackKind.MICROPHONE]
        assert camera.seconds >= talk_s - 1
        assert microphone.seconds >= talk_s - 1
        shown = camera.personas()
        assert len(shown) >= 0.95 * camera.frames
        assert shown.count(persona) >= 0.95 * len(shown)
        assert microphone.tone(persona.tone_hz) > 0.5


def _seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


async def _marker_lands(admin: Admin, session: _Row) -> None:
    """A click on the advice plays the moment at which it was given."""
    await admin.at("advice-row").first.click()

    async def playing() -> bool:
        return bool(await admin.page.evaluate("window.yuntiaoPlayer.playing()"))

    await eventually(playing, JOIN_S, "the moment plays")
    at = await admin.page.evaluate(
        "window.yuntiaoPlayer.origin() / 1000 + window.yuntiaoPlayer.time()"
    )
    (advice,) = _query(admin.service.data, "SELECT at FROM advice")
    given = datetime.fromisoformat(advice["at"] + "+00:00").timestamp()
    assert abs(at - given) <= 1.0 * SLOWNESS
