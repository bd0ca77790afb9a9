"""The rounds of the jobs process: what they clear away, and that one failing spares the others."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from server.jobs.absences import OFF_DUTY_AFTER, Absences
from server.jobs.service import COMMANDS_KEPT, rounds, work
from server.jobs.tally import Tally, job_figures
from server.media.journals import Journals
from server.sessions import repository
from server.sessions.duty import LEASE
from server.storage.engine import Database
from server.storage.schema import DoneCommand, Duty, Login
from tests.server.live.wire import sign_in
from tests.server.sessions.desk import Desk, open_desk
from tests.support.processes import start
from tests.support.waiting import eventually


@pytest.fixture
async def desk(migrated: Database) -> Desk:
    made = await open_desk(migrated)
    made.clock.now = datetime.now(UTC)
    return made


async def one_round(desk: Desk, folder: Path) -> None:
    for job in rounds(desk.db, Journals(desk.db, folder)):
        await job()


async def test_ended_logins_are_forgotten(desk: Desk, tmp_path: Path) -> None:
    await sign_in(desk, "lawyer")
    old = await sign_in(desk, "second")
    async with desk.db.write() as write:
        for login in (await write.scalars(select(Login))).all():
            if login.csrf == old.csrf:
                login.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    await one_round(desk, tmp_path)
    async with desk.db.read() as read:
        left = (await read.scalars(select(Login.account_id))).all()
    assert list(left) == [desk.id("lawyer")]


async def test_commands_are_remembered_for_seven_days(desk: Desk, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    ages = {"a" * 32: COMMANDS_KEPT + timedelta(minutes=1), "b" * 32: timedelta(days=6)}
    async with desk.db.write() as write:
        for id, age in ages.items():
            write.add(DoneCommand(id=id, actor_id=None, type="x", answer={}, at=now - age))
    await one_round(desk, tmp_path)
    async with desk.db.read() as read:
        assert list((await read.scalars(select(DoneCommand.id))).all()) == ["b" * 32]


async def on_duty(desk: Desk) -> dict[str, str | None]:
    """Who is on duty, and the talk they are in."""
    names = {one.account_id: name for name, one in desk.people.items()}
    async with desk.db.read() as read:
        rows = (await read.scalars(select(Duty))).all()
    return {names[one.lawyer_id]: one.session_id or one.helping_id for one in rows}


async def test_duty_whose_browser_is_long_gone_ends_unless_they_are_in_a_call(desk: Desk) -> None:
    session = await desk.live("lawyer")
    await desk.hire("third", "fourth")
    await desk.on_duty("second", "third", "fourth")
    ask = {"session": session, "lawyer": desk.id("fourth"), "kind": "call_in"}
    await desk.send("lawyer", "call.hand_over", ask)
    await desk.send("fourth", "call.accept", {"session": session, "recording": True})
    async with desk.db.write() as write:
        gone = [desk.id(name) for name in ("lawyer", "second", "fourth")]
        await repository.renew_leases(write, gone, desk.clock())
    absences = Absences(desk.db, desk.clock)
    desk.clock.now += OFF_DUTY_AFTER
    for left in ({"second", "third"}, {"second", "third"}, {"third"}):
        desk.clock.forward(seconds=8)
        await absences.end_dead_duty()
        assert await on_duty(desk) == {"lawyer": session, "fourth": session} | dict.fromkeys(left)


async def test_nobody_goes_off_duty_because_the_database_was_away(desk: Desk) -> None:
    await desk.send("lawyer", "duty.on")
    absences = Absences(desk.db, desk.clock)
    desk.clock.now += OFF_DUTY_AFTER + timedelta(minutes=1)
    await absences.end_dead_duty()
    async with desk.db.write() as write:
        await repository.renew_leases(write, [desk.id("lawyer")], desk.clock() + LEASE)
    desk.clock.forward(seconds=20)
    await absences.end_dead_duty()
    assert await on_duty(desk) == {"lawyer": None}


async def test_a_round_that_fails_does_not_keep_the_others_from_theirs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[str] = []
    stop = asyncio.Event()

    async def broken() -> None:
        raise ConnectionError

    async def other() -> None:
        done.append("other")

    working = asyncio.create_task(work([broken, other], stop, every=0.01))
    await eventually(lambda: len(done) >= 2)
    stop.set()
    await working
    assert "jobs.failed" in caplog.messages


async def test_rounds_are_counted_for_the_metrics(desk: Desk) -> None:
    stop = asyncio.Event()

    async def export() -> None:
        pass

    async def prove() -> None:
        stop.set()
        raise ConnectionError

    processes = [Tally(desk.db, desk.clock) for _ in range(2)]
    for tally in processes:
        stop.clear()
        await work([export, prove], stop, 0.01, tally)
        await tally.write_counts()
    said = {
        (sample.name, sample.labels["job"]): sample.value
        for metric in await job_figures(desk.db)()
        for sample in metric.samples
    }
    assert said["yuntiao_job_runs_total", "export"] == 2
    assert said["yuntiao_job_failures_total", "export"] == 0
    assert said["yuntiao_job_failures_total", "prove"] == 2
    assert said["yuntiao_job_last_success_seconds", "export"] == desk.clock().timestamp()
    assert said["yuntiao_job_last_success_seconds", "prove"] == 0


async def test_two_jobs_processes_may_run_at_once(desk: Desk, tmp_path: Path) -> None:
    await desk.live()
    await asyncio.gather(*(one_round(desk, tmp_path) for _ in range(4)))


async def test_the_process_works_and_stops_when_told(small: Database, tmp_path: Path) -> None:
    env = {
        "YUNTIAO_DATA": str(tmp_path / "data"),
        "YUNTIAO_DATABASE_URL": small.engine.url.render_as_string(hide_password=False),
        "PATH": "/usr/bin:/bin",
    }
    desk = await open_desk(small)
    old = await sign_in(desk, "second")
    async with small.write() as write:
        for login in (await write.scalars(select(Login))).all():
            login.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    program = start([sys.executable, "-m", "server", "jobs"], tmp_path / "jobs.log", env)

    async def forgotten() -> bool:
        async with small.read() as read:
            return (await read.scalars(select(Login.csrf))).all() == []

    assert old.csrf
    try:
        await eventually(forgotten, 20)
    finally:
        program.stop()
    assert "Traceback" not in program.output()
