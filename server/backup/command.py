"""``python -m server backup FOLDER``."""

import asyncio
import json
import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from recordings.durable import make_folder, sync_folder, write_whole
from recordings.keys import MASTER, signing_key
from recordings.sink import seal_file
from server.backup import files
from server.backup.contents import CONTENTS, VERSION, Place, here_of, in_backup, rows_in
from server.backup.files import NotOurs, check_ours
from server.backup.sessions import bring_up_to_date, copy_chains, sessions_in
from server.settings import Settings
from server.storage.dump import dump
from server.storage.engine import Database

_NAMED = 20
"""Files that are named when they could not be copied; more are counted."""


async def back_up(
    settings: Settings, target: Path, now: Callable[[], datetime], keys: Path | None = None
) -> int:
    """Write a backup, or bring one up to date; 1 if something could not be copied as it was.

    With ``keys`` the keys go there, to be kept for a shorter time than the rest. Until the new
    backup is there, the earlier one stays; what cannot be copied keeps nothing else out of it.
    """
    db = Database(settings.database_url)
    here, there = here_of(settings), in_backup(target, keys)
    contents: dict[str, Any] = {"version": VERSION, "made": now().isoformat()}
    try:
        await asyncio.to_thread(check_ours, here, there)
        await asyncio.to_thread(make_folder, target)
        bad = await asyncio.to_thread(_copy_first, here, there)
        contents |= await _dump(db, target)
        contents["sessions"], more = await asyncio.to_thread(_copy_media, here, there)
        await asyncio.to_thread(_finish, target, contents)
        await asyncio.to_thread(_part_keys, settings, target, here, there)
    except (NotOurs, OSError, ValueError) as error:
        return _say(f"There is no new backup: {error}.")
    finally:
        await db.close()
    print(f"{target}: {contents['sessions']} recordings, {sum(contents['tables'].values())} rows")
    _tell_of_master(settings)
    return _tell_of_bad([*bad, *more])


def _copy_first(here: Place, there: Place) -> list[str]:
    """Copy what comes before the database; what could not be copied."""
    bad = copy_chains(here, there)
    for name in files.files_in(here.keys):
        bad += files.attempt(here.keys, there.keys, name, files.copy_changed)
    for name in files.files_in(here.checkpoints):
        bad += files.attempt(here.checkpoints, there.checkpoints, name, files.copy_grown)
    return bad


def _copy_media(here: Place, there: Place) -> tuple[int, list[str]]:
    """Copy what comes after the database: how many sessions, and what could not be copied."""
    key = signing_key(here.keys).public
    sessions = sessions_in(there.recordings)
    return len(sessions), [
        bad for session in sessions for bad in bring_up_to_date(here, there, session, key)
    ]


async def _dump(db: Database, target: Path) -> dict[str, Any]:
    """Write the rows beside those of the earlier backup: its contents name the others."""
    draft = rows_in(target, ".new")
    draft.unlink(missing_ok=True)
    tables = await dump(db, draft)
    sha256 = (await asyncio.to_thread(seal_file, draft)).sha256
    draft.rename(rows_in(target, sha256))
    return {"tables": tables, "database_sha256": sha256}


def _finish(target: Path, contents: Mapping[str, Any]) -> None:
    """Let the new backup take the place of the earlier one, at once."""
    sync_folder(target)
    text = json.dumps(contents, ensure_ascii=False, indent=2).encode() + b"\n"
    write_whole(target / CONTENTS, text)
    for path in set(target.glob("database*")) - {rows_in(target, contents["database_sha256"])}:
        path.unlink()


def _part_keys(settings: Settings, target: Path, here: Place, there: Place) -> None:
    """Leave no key in the backup that is kept apart from it now."""
    beside = in_backup(target).keys
    if there.keys.resolve() != beside.resolve():
        shutil.rmtree(beside, ignore_errors=True)
    if not _has_master(settings) and not (here.keys / MASTER).exists():
        (there.keys / MASTER).unlink(missing_ok=True)


def _has_master(settings: Settings) -> bool:
    """Whether the master key lies among the keys, and so in the backup."""
    return settings.master_key == f"file:{settings.data / 'keys' / MASTER}"


def _tell_of_master(settings: Settings) -> None:
    if _has_master(settings):
        print("The master key lies in this backup, beside what it opens: lock it away.")
    else:
        print(f"The master key is not in it, and must be kept apart: {settings.master_key}")


def _tell_of_bad(bad: list[str]) -> int:
    for name in bad[:_NAMED]:
        _say(f"Not copied as it should be, for it was changed here or cannot be read: {name}")
    if len(bad) > _NAMED:
        _say(f"{len(bad) - _NAMED} more were not copied as they should be.")
    return 1 if bad else 0


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
