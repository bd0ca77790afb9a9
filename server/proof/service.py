"""What the proof page asks: the last rounds, one round's sessions, a new round."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.audit.actions import AuditAction
from server.audit.log import append
from server.proof import repository
from server.proof.nights import new_run
from server.proof.repository import RunRow
from server.proof.rows import SENTENCES
from server.proof.rule import FindingKind
from server.storage.engine import Database
from server.storage.schema import Proof
from server.web.principal import Principal
from signaling.errors import Conflict, NotFound
from signaling.moments import maybe_milliseconds

Json = dict[str, Any]
RUNS = 30
PAGE = 50


class ProofUnderWay(Conflict):
    """A round is open already."""

    code = "proof_under_way"
    message = "核对正在进行，请等它完成。"


@dataclass(frozen=True, slots=True)
class Proofs:
    """What the proof routes call."""

    db: Database
    clock: Callable[[], datetime]

    async def runs(self) -> Json:
        """Return the newest rounds, newest first."""
        async with self.db.read() as db:
            return {"items": [_run_json(row) for row in await repository.runs(db, RUNS)]}

    async def sessions(self, run_id: str, states: Sequence[str], number: int) -> Json:
        """Return a page of a round's sessions."""
        async with self.db.read() as db:
            if await repository.run_by_id(db, run_id) is None:
                raise NotFound
            total, found = await repository.proofs_of(db, run_id, states, number, PAGE)
            ids = [proof.session_id for proof, _ in found]
            people = await repository.participants_of(db, ids)
        items = [proof_json(proof, people) | {"number": name} for proof, name in found]
        return {"total": total, "page": number, "size": PAGE, "items": items}

    async def of_session(self, session_id: str) -> Json:
        """Return the newest proof of a session; ``proof`` is null before the first."""
        async with self.db.read() as db:
            found = await repository.latest_of(db, session_id)
            people = await repository.participants_of(db, [session_id])
        return {"proof": proof_json(found, people) if found else None}

    async def ask(self, principal: Principal) -> Json:
        """Begin a round over everything. Raises ProofUnderWay."""
        now = self.clock()
        async with self.db.write() as db:
            if await repository.open_run(db) is not None:
                raise ProofUnderWay
            run = new_run(now, asked_by=principal.account_id, everything=True)
            db.add(run)
            append(db, AuditAction.PROOF_ASKED, now, principal.account_id, subject=run.id)
        return {"id": run.id}


def _run_json(row: RunRow) -> Json:
    run = row.run
    return {
        "id": run.id,
        "night": run.night,
        "asked_by": row.asked_by,
        "asked_at": maybe_milliseconds(run.asked_at),
        "finished_at": maybe_milliseconds(run.finished_at),
        "counts": dict(row.counts),
    }


def proof_json(proof: Proof, people: Mapping[str, tuple[str, str]]) -> Json:
    """Return a proof as the pages show it, with names in place of ids and findings in words."""
    return {
        "session": proof.session_id,
        "at": maybe_milliseconds(proof.at),
        "state": proof.state,
        "expected": proof.expected_seconds,
        "stored": proof.stored_seconds,
        "lengths": [_named(one, people) for one in proof.detail.get("lengths", ())],
        "findings": [
            _named(one, people) | {"text": SENTENCES[FindingKind(one["kind"])]}
            for one in proof.detail.get("findings", ())
        ],
    }


def _named(one: Mapping[str, Any], people: Mapping[str, tuple[str, str]]) -> Json:
    name, role = people.get(one.get("participant", ""), ("", ""))
    rest = {key: value for key, value in one.items() if key != "participant"}
    return {**rest, "name": name, "role": role}
