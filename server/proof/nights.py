"""Rounds of proofs: one a night, and when somebody asks; each result is a row, each fault a task.

Any process may take a round, and goes on where another one died: what the round has looked at is
in its rows.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone

from server.proof import repository, rows
from server.proof.prover import Prover
from server.proof.repository import Due
from server.proof.rule import Proof, ProofState
from server.storage.engine import WRITE_CONFLICTS, Database
from server.storage.schema import Proof as ProofRow
from server.storage.schema import ProofRun, Session, new_id
from server.tasks.kinds import TaskKind
from server.tasks.repository import open_task, resolve_task

log = logging.getLogger(__name__)

CHINA = timezone(timedelta(hours=8))
SETTLED = timedelta(minutes=10)
"""A talk that is over this long has been closed, journalled and sealed."""
AGAIN = timedelta(days=30)
"""What was whole is looked at again after so long: disks forget silently."""
LEASE = timedelta(minutes=15)
_AT_ONCE = 50

Told = Callable[[Session, Proof], Awaitable[None]]


class Nights:
    """Begins each night's round at ``hour`` (China's time) and works on what was begun."""

    def __init__(
        self,
        db: Database,
        prover: Prover,
        now: Callable[[], datetime],
        hour: int,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._db = db
        self._prover = prover
        self._now = now
        self._hour = hour
        self._stopping = stopping

    async def prove_nightly(self) -> None:
        """Begin tonight's round when it is time, and work until no round is open."""
        await self._begin_night()
        while not self._stopping():
            now = self._now()
            async with self._db.write() as db:
                run = await repository.claim(db, now, LEASE)
            if run is None or not await self.work(run):
                return

    async def work(self, run: ProofRun, told: Told | None = None) -> bool:
        """Prove what the round is about; False: the process is to end, the round goes on later."""
        now = self._now()
        due = Due(now - SETTLED, now - AGAIN)
        after = ""
        while True:
            async with self._db.read() as db:
                sessions = await repository.due_sessions(db, run, due, after, _AT_ONCE)
            if not sessions:
                break
            for session in sessions:
                if self._stopping():
                    await self._set(run, lease=None)
                    return False
                proof = await self._prove(run, session)
                if told is not None:
                    await told(session, proof)
            after = sessions[-1].id
        await self._set(run, lease=None, finished=self._now())
        log.info("proof.finished", extra={"run": run.id})
        return True

    async def _begin_night(self) -> None:
        now = self._now()
        local = now.astimezone(CHINA)
        if local.hour < self._hour:
            return
        night = local.date().isoformat()
        try:
            async with self._db.write() as db:
                if await repository.run_of_night(db, night) is None:
                    db.add(new_run(now, night=night))
        except WRITE_CONFLICTS:
            return  # another process began it this moment

    async def _prove(self, run: ProofRun, session: Session) -> Proof:
        proof = await self._prover.prove(session)
        now = self._now()
        async with self._db.write() as db:
            await repository.store(db, _row(run, session, proof, now))
            if proof.state is ProofState.BROKEN:
                log.error("proof.broken", extra={"session": session.id})
                about: dict[str, str | int] = {
                    "text": rows.sentence(proof),
                    "findings": len(proof.findings),
                }
                await open_task(db, TaskKind.PROOF_FAILED, session.id, now, about)
            else:
                await resolve_task(db, TaskKind.PROOF_FAILED, session.id, now)
            await repository.set_run(db, run.id, lease=now + LEASE)
        return proof

    async def _set(
        self, run: ProofRun, *, lease: datetime | None, finished: datetime | None = None
    ) -> None:
        async with self._db.write() as db:
            await repository.set_run(db, run.id, lease=lease, finished=finished)


def new_run(
    now: datetime,
    *,
    night: str | None = None,
    asked_by: str | None = None,
    everything: bool = False,
) -> ProofRun:
    """Return a round that waits to be worked on."""
    return ProofRun(
        id=new_id(), night=night, asked_by_id=asked_by, everything=everything, asked_at=now
    )


def _row(run: ProofRun, session: Session, proof: Proof, now: datetime) -> ProofRow:
    return ProofRow(
        run_id=run.id,
        session_id=session.id,
        at=now,
        state=proof.state.value,
        latest=True,
        expected_seconds=sum(one.expected for one in proof.lengths),
        stored_seconds=sum(one.stored for one in proof.lengths),
        detail=rows.detail(proof),
    )
