"""Proving one session: what the rows promise, what they say is there, and the files themselves."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recordings import journal
from recordings.erasure import erased as certificate_of
from recordings.facts import Statement
from recordings.keys import PublicKey
from recordings.model import GapCause, TrackKind
from recordings.verify import Problem, Witness, verify
from server.archive import Library
from server.evidence.statements import statements_apart, statements_of
from server.proof import repository
from server.proof.expected import Agreement, Entry, Expected, expected
from server.proof.presence import visits
from server.proof.repository import Material
from server.proof.rule import Finding, FindingKind, Proof, Stored, compare
from server.retention.repository import apart_of, is_erased
from server.storage.engine import Database
from server.storage.schema import Session
from signaling.events import EventType

MOST_PROBLEMS = 50
"""Places that are named; of a session with more the rest is told by the offline verifier."""
_RECORDING = "recording"
_UNREADABLE = "cannot be read at all"


@dataclass(frozen=True, slots=True)
class Prover:
    """Proves sessions recorded below ``recordings``, signed with ``key``."""

    db: Database
    recordings: Path
    key: PublicKey
    library: Library | None = None

    async def prove(self, session: Session) -> Proof:
        """Compare promise and store, and check every file, chain and signature."""
        async with self.db.read() as db:
            found = await repository.material(db, session)
            statements = await statements_of(db, session.id)
            erased = await is_erased(db, session.id)
            apart = {
                name: await statements_apart(db, name) for name in await apart_of(db, session.id)
            }
        promised = promise_of(found)
        proof = compare(promised, stored_of(found))
        folder = self.recordings / session.id
        problems = await asyncio.to_thread(self._check, folder, promised, statements)
        problems += await asyncio.to_thread(self._check_apart, apart)
        if problems and self.library is not None:
            problems = await self.library.still_wrong(session.id, problems)
        checked = [_finding(one) for one in problems[:MOST_PROBLEMS]]
        folders = [folder, *(self.recordings / name for name in apart)]
        if not erased and await asyncio.to_thread(_any_certificate, folders):
            checked.append(Finding(FindingKind.ERASED_UNASKED))
        return Proof(proof.lengths, [*proof.findings, *checked], erased)

    def _check(
        self, folder: Path, promised: Expected, statements: Sequence[Statement]
    ) -> list[Problem]:
        if not (folder / journal.NAME).is_file() and not promised.is_recorded:
            return []
        return self._verified(folder, statements)

    def _check_apart(self, apart: Mapping[str, Sequence[Statement]]) -> list[Problem]:
        """What is wrong with recorded talks apart; the place begins with the recording's name."""
        found = []
        for name, statements in apart.items():
            if (self.recordings / name / journal.NAME).is_file():
                problems = self._verified(self.recordings / name, statements)
                found += [Problem(f"{name}/{one.where}", one.what) for one in problems]
        return found

    def _verified(self, folder: Path, statements: Sequence[Statement]) -> list[Problem]:
        try:
            return verify(folder, witness=Witness(self.key, statements))
        except (OSError, ValueError):
            return [Problem(".", _UNREADABLE)]


def _finding(problem: Problem) -> Finding:
    if problem.what == _UNREADABLE:
        return Finding(FindingKind.UNREADABLE)
    return Finding(FindingKind.FILES, where=problem.where, what=problem.what)


def _any_certificate(folders: Iterable[Path]) -> bool:
    return any(_has_certificate(folder) for folder in folders)


def _has_certificate(folder: Path) -> bool:
    try:
        return certificate_of(folder) is not None
    except (OSError, ValueError):
        return False  # what is wrong with the manifest is found elsewhere


def promise_of(found: Material) -> Expected:
    """Return what log and consents promise."""
    known = set(EventType)
    log = [
        Entry(one.at.timestamp(), EventType(one.type), one.participant_id, one.body)
        for one in found.events
        if one.type in known
    ]
    people = [one.id for one in found.participants]
    return expected(log, _agreements(found), people, visits(found))


def _agreements(found: Material) -> Iterable[Agreement]:
    """Return everybody's answers; a minor's yes counts only with a guardian's name."""
    unattended = {one.id for one in found.persons if one.minor and not one.guardian}
    for one in found.consents:
        who = one.person_id or one.account_id
        if one.subject == _RECORDING and who is not None:
            yield Agreement(one.at.timestamp(), who, one.given and who not in unattended)


def stored_of(found: Material) -> list[Stored]:
    """Return what the rows say is there."""
    segments = [
        Stored(
            one.participant_id,
            TrackKind(one.track),
            (one.start_at.timestamp(), one.start_at.timestamp() + one.seconds),
        )
        for one in found.segments
    ]
    gaps = [
        Stored(
            one.participant_id,
            TrackKind(one.track),
            (one.start_at.timestamp(), one.end_at.timestamp()),
            GapCause(one.cause),
        )
        for one in found.gaps
    ]
    return [*segments, *gaps]
