"""The jobs process: small rounds, each safe to repeat and to run in two places."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from secrets import token_hex

from recordings.keys import PublicKey, signing_key
from server.archive import Archiver, Library, library_of
from server.evidence import Checkpoints, Keeper, Stamper
from server.evidence.command import parts_of
from server.exports import Exporter, Files
from server.jobs import repository
from server.jobs.absences import Absences
from server.jobs.tally import WRITE_EVERY_S, Tally
from server.logs import tracing
from server.media.journals import Journals
from server.proof import Nights, Prover
from server.retention import Retention
from server.sessions import repository as sessions
from server.settings import Settings
from server.storage.engine import Database
from server.vault import open_vault

log = logging.getLogger(__name__)

EVERY_S = 20.0
EXPORTS_EVERY_S = 2.0
PROOFS_EVERY_S = 10.0
COMMANDS_KEPT = timedelta(days=7)
SELF_TESTS_KEPT = timedelta(days=400)

Round = Callable[[], Awaitable[None]]


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    asyncio.run(_until_signalled(settings))


async def _until_signalled(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    vault = open_vault(settings)
    db = Database(settings.database_url)
    try:
        journals = Journals(db, settings.recordings)
        key = signing_key(settings.data / "keys")
        second = settings.recordings_second
        keeper = Keeper(db, settings.recordings, key, _now, journals.read, second, vault)
        parts = partial(parts_of, db, settings)
        reserve = settings.recordings_reserve
        copies = Files(settings.data / "exports", settings.recordings, reserve)
        exporter = Exporter(db, copies, _now, stop.is_set, vault, parts)
        library = library_of(db, settings, _now)
        if library is not None:
            exporter.bring = library.bring
        prover = Prover(db, settings.recordings, key.public, library)
        nights = Nights(db, prover, _now, settings.proof_hour, stop.is_set)
        checkpoints = settings.data / "checkpoints"
        daily = Checkpoints(settings.recordings, checkpoints, key, _now, second)
        stamper = Stamper(db, settings.recordings, settings.tsa_url, _now)
        retention = Retention(db, settings.recordings, vault, key, _now, copies.remove)
        keeping = [exporter.forget_exports, retention.tell_expired, retention.erase_confirmed]
        each_round = rounds(db, Journals(db, settings.recordings))
        # Exports and proofs take hours: in lines of their own they keep nothing else waiting.
        tally = Tally(db, _now)
        await asyncio.gather(
            work([*each_round, keeper.keep_all, *keeping], stop, tally=tally),
            work([exporter.make_exports], stop, EXPORTS_EVERY_S, tally),
            work([nights.prove_nightly], stop, PROOFS_EVERY_S, tally),
            work(_archiving(library, key.public, settings), stop, tally=tally),
            work([daily.make_daily], stop, PROOFS_EVERY_S, tally),
            # An authority that does not answer keeps nothing else waiting either.
            work([stamper.stamp_all] if settings.tsa_url else [], stop, tally=tally),
            work([tally.write_counts], stop, WRITE_EVERY_S),
        )
        await tally.write_counts()
    finally:
        await db.close()


def _archiving(library: Library | None, key: PublicKey, settings: Settings) -> list[Round]:
    if library is None:
        return []
    days = settings.archive_keep_days
    keep = timedelta(days=days) if days else None
    archiver = Archiver(library, key, settings.archive_lock, keep)
    return [archiver.archive_all, archiver.remove_local, archiver.forget_erased]


def rounds(db: Database, journals: Journals) -> list[Round]:
    """Return the work of one round, in order."""

    async def read_journals() -> None:
        """Store what a web process that was down did not hear of."""
        async with db.read() as read:
            open_sessions = await sessions.sessions_being_recorded(read)
        for session in open_sessions:
            await journals.read(session)

    async def forget_logins() -> None:
        async with db.write() as write:
            await repository.delete_expired_logins(write, _now())

    async def forget_commands() -> None:
        async with db.write() as write:
            await repository.delete_commands_before(write, _now() - COMMANDS_KEPT)

    async def forget_self_tests() -> None:
        async with db.write() as write:
            await repository.delete_self_tests_before(write, _now() - SELF_TESTS_KEPT)

    duty = Absences(db, _now)
    return [read_journals, duty.end_dead_duty, forget_logins, forget_commands, forget_self_tests]


async def work(
    each_round: list[Round],
    stop: asyncio.Event,
    every: float = EVERY_S,
    tally: Tally | None = None,
) -> None:
    """Do the rounds until told to stop; one that fails does not keep the others from theirs."""
    while not stop.is_set():
        for one in each_round:
            well = await _done(one)
            if tally is not None:
                tally.note(one.__name__, well=well)
        try:
            async with asyncio.timeout(every):
                await stop.wait()
        except TimeoutError:
            continue


async def _done(one: Round) -> bool:
    with tracing(job=one.__name__, request_id=token_hex(8)):
        try:
            await one()
        except Exception:
            log.exception("jobs.failed")
            return False
    return True


def _now() -> datetime:
    return datetime.now(UTC)
