"""Rounds of proofs over real recordings, on both databases."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from server.proof.command import prove_all
from server.proof.figures import proofs
from server.proof.nights import AGAIN, LEASE
from server.settings import load
from server.storage.schema import Session, Task
from server.tasks.kinds import TaskKind
from server.tasks.repository import open_task
from signaling.events import EventType
from signaling.rights import Role
from signaling.session import GIVEN_UP, SessionState
from tests.server.proof.recorded import BEGIN, Talks
from tests.server.review.archive import Archive
from tests.support.tamper import bent


@pytest.fixture
def talks(archive: Archive, tmp_path: Path) -> Talks:
    return Talks(archive, tmp_path / "recordings")


async def open_tasks(talks: Talks) -> list[tuple[str, str]]:
    async with talks.archive.db.read() as db:
        found = (await db.scalars(select(Task).where(Task.done_at.is_(None)))).all()
    return [(one.kind, one.subject) for one in found]


async def test_whole_then_changed_then_restored(talks: Talks) -> None:
    session = await talks.talk()
    await talks.nights().prove_nightly()
    found = await talks.proof(session)
    assert found is not None
    assert (found.state, found.detail["findings"]) == ("whole", [])
    assert found.expected_seconds == 24.0
    assert found.stored_seconds == pytest.approx(24.0, abs=0.2)
    assert await open_tasks(talks) == []
    file = talks.segment(session)
    kept = file.read_bytes()
    file.write_bytes(bent(kept))
    talks.now += AGAIN  # until then what was whole is not read again
    await talks.nights().prove_nightly()
    assert await talks.state(session) == "broken"
    assert await open_tasks(talks) == [("proof_failed", session)]
    file.write_bytes(kept)
    talks.now += timedelta(days=1)  # what is broken is looked at every night
    await talks.nights().prove_nightly()
    assert await talks.state(session) == "whole"
    assert await open_tasks(talks) == []
    assert await talks.runs() == [{"whole": 1}, {"broken": 1}, {"whole": 1}]


async def test_what_a_viewing_found_changed_is_looked_at_the_next_night(talks: Talks) -> None:
    session = await talks.talk()
    await talks.nights().prove_nightly()
    talks.segment(session).write_bytes(b"something else")
    async with talks.archive.db.write() as db:
        await open_task(db, TaskKind.PROOF_FAILED, session, talks.now, {"text": "播放时发现"})
    talks.now += timedelta(days=1)
    await talks.nights().prove_nightly()
    assert await talks.state(session) == "broken"
    assert await open_tasks(talks) == [("proof_failed", session)]


async def test_what_should_be_there_and_is_not(talks: Talks) -> None:
    session = await talks.talk(written=False)
    await talks.nights().prove_nightly()
    found = await talks.proof(session)
    assert found is not None
    kinds = {one["kind"] for one in found.detail["findings"]}
    assert kinds == {"nothing_recorded", "files"}


async def test_refused_and_not_recorded_is_whole_but_recorded_is_broken(talks: Talks) -> None:
    silent = await talks.talk(given=False, written=False)
    kept = await talks.talk(given=False)
    await talks.nights().prove_nightly()
    assert await talks.state(silent) == "whole"
    found = await talks.proof(kept)
    assert found is not None
    assert "without_consent" in {one["kind"] for one in found.detail["findings"]}


async def test_a_lawyer_who_refused_and_was_followed_by_another_does_not_count(
    talks: Talks,
) -> None:
    session = await talks.talk()
    before = talks.archive.lawyers[1]
    await talks.archive.participant(session, before, Role.LAWYER, 2)
    await talks.consent(session, before, given=False)
    await talks.archive.touch(session)
    await talks.keep()
    await talks.nights().prove_nightly()
    assert await talks.state(session) == "whole"


@pytest.mark.parametrize(
    ("answer", "inside", "minor"),
    [(False, False, False), (False, True, False), (True, True, False), (True, True, True)],
)
async def test_a_guest_counts_while_inside(
    talks: Talks, answer: bool, inside: bool, minor: bool
) -> None:
    session = await talks.talk()
    await talks.guest(session, answer=answer, inside=inside, minor=minor)
    await talks.keep()
    await talks.nights().prove_nightly()
    found = await talks.proof(session)
    assert found is not None
    kinds = {one["kind"] for one in found.detail["findings"]}
    agreed = answer and not minor
    assert kinds == (set() if agreed or not inside else {"without_consent"})


async def test_a_lawyer_called_in_who_refused_counts_while_connected(talks: Talks) -> None:
    session = await talks.talk()
    helper = talks.archive.lawyers[1]
    place = await talks.archive.participant(session, helper, Role.LAWYER, 2)
    await talks.consent(session, helper, given=False)
    at = BEGIN + timedelta(seconds=2)
    await talks.archive.event(session, 6, EventType.PARTICIPANT_JOINED, at, place)
    await talks.keep()
    await talks.nights().prove_nightly()
    found = await talks.proof(session)
    assert found is not None
    assert "without_consent" in {one["kind"] for one in found.detail["findings"]}


async def test_one_round_a_night_however_many_processes(talks: Talks) -> None:
    await talks.talk()
    await asyncio.gather(*(talks.nights().prove_nightly() for _ in range(3)))
    await talks.nights().prove_nightly()
    assert await talks.runs() == [{"whole": 1}]
    talks.now += timedelta(days=1)
    await talks.nights().prove_nightly()
    assert await talks.runs() == [{}, {"whole": 1}]  # nothing new, and nothing old enough


async def test_before_the_hour_nothing_begins_and_what_goes_on_is_left_alone(talks: Talks) -> None:
    session = await talks.talk()
    china = timedelta(hours=8)
    midnight = (talks.now + china).replace(hour=0, minute=0) - china + timedelta(days=1)
    talks.now = midnight + timedelta(hours=1, minutes=59)
    await talks.nights().prove_nightly()
    assert await talks.runs() == []
    talks.now += timedelta(minutes=1)
    await talks.nights().prove_nightly()
    assert await talks.state(session) == "whole"


@pytest.mark.parametrize("state", sorted(GIVEN_UP))
async def test_a_talk_whose_people_gave_up_waiting_for_another_lawyer_is_looked_at(
    talks: Talks, state: SessionState
) -> None:
    session = await talks.talk()
    async with talks.archive.db.write() as db:
        await db.execute(update(Session).where(Session.id == session).values(state=state))
    await talks.nights().prove_nightly()
    assert await talks.state(session) == "whole"


async def test_a_round_goes_on_after_the_process_that_began_it(talks: Talks) -> None:
    first, second = await talks.talk(), await talks.talk()
    nights = talks.nights()

    class Died(Exception):
        pass

    class Dying:
        left = 1

        async def prove(self, session: object) -> object:
            if not self.left:
                raise Died
            self.left -= 1
            return await real.prove(session)  # type: ignore[arg-type]

    real, nights._prover = nights._prover, Dying()  # type: ignore[assignment]
    with pytest.raises(Died):
        await nights.prove_nightly()
    await talks.nights().prove_nightly()  # its lease still runs
    assert sorted([await talks.state(first), await talks.state(second)]) == ["", "whole"]
    talks.now += LEASE + timedelta(seconds=1)
    await talks.nights().prove_nightly()
    assert await talks.state(first) == await talks.state(second) == "whole"
    assert await talks.runs() == [{"whole": 2}]


async def test_told_to_stop_it_gives_the_round_back(talks: Talks) -> None:
    session = await talks.talk()
    talks.stop = True
    await talks.nights().prove_nightly()
    assert await talks.state(session) == ""
    talks.stop = False
    await talks.nights().prove_nightly()
    assert await talks.state(session) == "whole"


async def test_the_command_says_what_is_wrong_and_where(
    talks: Talks, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = await talks.talk()
    settings = load(
        {
            "YUNTIAO_DATA": str(tmp_path),
            "YUNTIAO_DATABASE_URL": talks.archive.db.engine.url.render_as_string(False),
        }
    )
    assert await prove_all(settings, lambda: talks.now) == 0
    assert "1 whole" in capsys.readouterr().out
    file = talks.segment(session)
    file.unlink()
    assert await prove_all(settings, lambda: talks.now) == 1
    said = capsys.readouterr().out
    assert f"files {file.relative_to(talks.root / session)}: is missing" in said
    assert "1 broken" in said


async def test_figures(talks: Talks) -> None:
    await talks.talk()
    await talks.talk(written=False)
    count = proofs(talks.archive.db)
    standing, finished = await count()
    assert [sample.value for sample in finished.samples] == [0]
    await talks.nights().prove_nightly()
    standing, finished = await count()
    told = {sample.labels["state"]: sample.value for sample in standing.samples}
    assert told == {"whole": 1, "gaps": 0, "broken": 1, "erased": 0}
    assert [sample.value for sample in finished.samples] == [talks.now.timestamp()]
