"""``python -m server bundle``: the evidence bundle of a session, made by hand."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from recordings import bundle
from recordings.keys import signing_key
from recordings.manifest import NotSealable
from recordings.media_file import Unreadable
from server.evidence import repository
from server.evidence.statements import statements_apart, statements_of
from server.settings import Settings
from server.storage.engine import Database
from server.vault import vault_of

Bring = Callable[[str], Awaitable[None]]
"""Brings a session's media back; raises OSError."""
Archived = Callable[[Database], Bring | None]


class NotApproved(Exception):
    """Who reads the recording of a talk apart has a purpose, and a second person approves."""


async def parts_of(db: Database, settings: Settings, number: str) -> list[bundle.Part] | None:
    """List the files of a session's bundle; None if there is no such session.

    ``number`` is the session's number or id. Raises NotSealable, OSError.
    """
    async with db.read() as read:
        session = await repository.session_by_number(read, number)
        if session is None:
            return None
        statements = await statements_of(read, session.id)
        names = await repository.names_in(read, session)
    key = await asyncio.to_thread(signing_key, settings.data / "keys")
    folder = settings.recordings / session.id
    return await asyncio.to_thread(
        bundle.parts, folder, session.number, statements, key, vault_of(settings), names
    )


async def parts_apart(
    db: Database, settings: Settings, recording_id: str
) -> list[bundle.Part] | None:
    """List the files of the bundle of a recorded talk apart (背对背谈话); None: no such recording.

    Raises NotApproved, NotSealable, OSError.
    """
    async with db.read() as read:
        session = await repository.session_apart(read, recording_id)
        if session is None:
            return None
        if not await repository.may_read_apart(read, recording_id, datetime.now(UTC)):
            raise NotApproved("a second person has to approve a viewing of this talk apart first")
        statements = await statements_apart(read, recording_id)
        names = await repository.names_in(read, session)
    key = await asyncio.to_thread(signing_key, settings.data / "keys")
    return await asyncio.to_thread(
        bundle.parts,
        settings.recordings / recording_id,
        f"{session.number}（背对背谈话）",
        statements,
        key,
        vault_of(settings),
        names,
    )


async def write_bundle(
    settings: Settings,
    number: str,
    target: Path,
    archived: Archived | None = None,
) -> int:
    """Write a bundle as a folder, or a file when ``target`` ends in .zip; 1 if it cannot be.

    ``archived`` gives what brings a session's media back from the archive. ``number`` may be the id
    of a recorded talk apart: no session's bundle holds it, it has one of its own.
    """
    if settings.export_approval:
        return _say("A second person has to approve: ask for the bundle on the session's page.")
    db = Database(settings.database_url)
    try:
        if archived is not None:
            await _bring(db, number, archived(db))
        files = await parts_of(db, settings, number)
        if files is None:
            files = await parts_apart(db, settings, number)
        if files is None:
            return _say(f"There is no session {number}.")
        write = bundle.write_zip if target.suffix == ".zip" else bundle.write_folder
        await asyncio.to_thread(write, target, files)
    except (NotApproved, NotSealable, Unreadable, OSError) as error:
        return _say(f"No bundle was made: {error}.")
    finally:
        await db.close()
    print(target)
    return 0


async def _bring(db: Database, number: str, bring: Bring | None) -> None:
    async with db.read() as read:
        session = await repository.session_by_number(read, number)
        session = session or await repository.session_apart(read, number)
    if session is not None and bring is not None:
        await bring(session.id)


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
