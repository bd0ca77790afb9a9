"""``python -m server proof``: prove every recording now, and print what is wrong."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from recordings.keys import signing_key
from server.archive import library_of
from server.proof.nights import Nights, new_run
from server.proof.prover import Prover
from server.proof.rule import Finding, Proof, ProofState
from server.settings import Settings
from server.storage.engine import Database
from server.storage.schema import Session


async def prove_all(settings: Settings, now: Callable[[], datetime]) -> int:
    """Print a line for each session and each finding; 1: something is broken."""
    db = Database(settings.database_url)
    seen: dict[ProofState, int] = dict.fromkeys(ProofState, 0)

    async def told(session: Session, proof: Proof) -> None:
        seen[proof.state] += 1
        print(f"{session.number} {proof.state}")
        for one in proof.findings:
            print(f"    {_line(one)}")

    try:
        key = await asyncio.to_thread(signing_key, settings.data / "keys")
        nights = Nights(
            db,
            Prover(db, settings.recordings, key.public, library_of(db, settings, now)),
            now,
            settings.proof_hour,
        )
        run = new_run(now(), everything=True)
        async with db.write() as write:
            write.add(run)
        await nights.work(run, told)
    finally:
        await db.close()
    print(", ".join(f"{count} {state}" for state, count in seen.items()))
    return 1 if seen[ProofState.BROKEN] else 0


def _line(one: Finding) -> str:
    length = sum(end - start for start, end in one.spans)
    parts = [
        one.kind,
        one.participant,
        one.track or "",
        one.cause or "",
        f"{length:.1f} s" if one.spans else "",
        f"{one.where}: {one.what}" if one.where else "",
    ]
    return " ".join(part for part in parts if part)
