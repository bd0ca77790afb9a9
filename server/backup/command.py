"""``python -m server backup FOLDER`` and ``restore FOLDER``."""

import asyncio
import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from recordings import journal
from recordings.erasure import erase_again
from recordings.keys import signing_key
from recordings.sink import make_folder, write_whole
from server.backup import files
from server.backup.files import BadCopy
from server.backup.repository import session_ids
from server.review import index_session
from server.settings import Settings
from server.storage.dump import NotRestorable, dump, load
from server.storage.engine import Database, Transaction
from server.storage.schema import Session
from server.vault import vault_of

_VERSION = 1
_DATABASE, _CONTENTS = "database.jsonl.gz", "backup.json"
_KEYS, _RECORDINGS, _CHECKPOINTS = "keys", "recordings", "checkpoints"


async def back_up(
    settings: Settings, target: Path, now: Callable[[], datetime], keys: Path | None = None
) -> int:
    """Write a backup, or bring one up to date; 1 if something could not be copied as it was.

    With ``keys`` the keys go there, to be kept for a shorter time than the rest.
    """
    db = Database(settings.database_url)
    try:
        await asyncio.to_thread(make_folder, target)
        contents: dict[str, Any] = {"version": _VERSION, "made": now().isoformat()}
        contents |= await _copy(db, settings, target, keys or target / _KEYS)
        if keys is not None:
            await asyncio.to_thread(shutil.rmtree, target / _KEYS, ignore_errors=True)
    except (BadCopy, OSError, ValueError) as error:
        return _say(f"The backup is not whole: {error}.")
    finally:
        await db.close()
    text = json.dumps(contents, ensure_ascii=False, indent=2).encode() + b"\n"
    await asyncio.to_thread(write_whole, target / _CONTENTS, text)
    print(f"{target}: {contents['sessions']} recordings, {sum(contents['tables'].values())} rows")
    _tell_of_master(settings)
    return 0


async def restore(
    settings: Settings, source: Path, keys: Path | None = None, newer: Path | None = None
) -> int:
    """Put a backup where nothing is yet; 1 if it cannot be. It is proven by who calls.

    ``keys`` is where they were put apart. What was erased is erased again: by the certificates in
    the backup, and by those in ``newer``, a folder of sessions' chains as they were later.
    """
    db = Database(settings.database_url)
    try:
        contents = await asyncio.to_thread(_check, settings, source)
        await asyncio.to_thread(_put_back, settings, source, keys or source / _KEYS)
        again = await asyncio.to_thread(_erase_again, settings, newer)
        tables = await load(db, source / _DATABASE)
        if tables != contents["tables"]:
            raise NotRestorable("rows are missing in it")
        async with db.write() as write:
            await _index(write)
    except (NotRestorable, OSError, ValueError, KeyError) as error:
        return _say(f"Nothing can be relied on here: {error}.")
    finally:
        await db.close()
    print(f"{sum(tables.values())} rows, {contents['sessions']} recordings of {contents['made']}")
    if again:
        print(f"{again} recordings had been erased, and are erased here too")
    return 0


async def _copy(db: Database, settings: Settings, target: Path, keys: Path) -> dict[str, Any]:
    (target / _CONTENTS).unlink(missing_ok=True)  # until it is whole again, it is none
    (target / _DATABASE).unlink(missing_ok=True)
    recordings = target / _RECORDINGS
    sessions = await asyncio.to_thread(files.copy_chains, settings.recordings, recordings)
    await asyncio.to_thread(files.mirror, settings.data / "keys", keys)
    daily = settings.data / "checkpoints"
    await asyncio.to_thread(files.mirror, daily, target / _CHECKPOINTS)
    tables = await dump(db, target / _DATABASE)
    for session in sessions:
        await asyncio.to_thread(files.copy_media, settings.recordings, recordings, session)
    return {
        "tables": tables,
        "sessions": len(sessions),
        "database_sha256": await asyncio.to_thread(_sha256, target / _DATABASE),
    }


def _check(settings: Settings, source: Path) -> Mapping[str, Any]:
    contents: dict[str, Any] = json.loads((source / _CONTENTS).read_bytes())
    if contents["version"] != _VERSION:
        raise NotRestorable("it was made by another release")
    if _sha256(source / _DATABASE) != contents["database_sha256"]:
        raise NotRestorable(f"{_DATABASE} was changed")
    if not files.is_empty((settings.recordings, settings.data / "keys")):
        raise NotRestorable(f"there are recordings or keys in {settings.data} already")
    return contents


def _put_back(settings: Settings, source: Path, keys: Path) -> None:
    if not keys.is_dir():
        raise NotRestorable(f"there are no keys in {keys}")
    make_folder(settings.data)
    files.mirror(keys, settings.data / "keys")
    files.mirror(source / _RECORDINGS, settings.recordings)
    files.mirror(source / _CHECKPOINTS, settings.data / "checkpoints")


def _erase_again(settings: Settings, newer: Path | None) -> int:
    folder = settings.data / "keys"
    vault, key = vault_of(settings), signing_key(folder).public
    count = 0
    for session in sorted(path.parent for path in settings.recordings.glob(f"*/{journal.NAME}")):
        later = newer / session.name if newer is not None else None
        known = later if later is not None and later.is_dir() else None
        count += erase_again(session, vault, known, key)
    return count


async def _index(db: Transaction) -> None:
    """Make the search index anew: it is not in a backup."""
    for session in await session_ids(db):
        await index_session(db, await db.get_one(Session, session))


def _tell_of_master(settings: Settings) -> None:
    if settings.master_key == f"file:{settings.data / 'keys' / 'master.key'}":
        print("The master key lies in this backup, beside what it opens: lock it away.")
    else:
        print(f"The master key is not in it, and must be kept apart: {settings.master_key}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
