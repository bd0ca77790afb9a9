"""``python -m server restore FOLDER``."""

import asyncio
import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recordings import journal
from recordings.erasure import erase_again
from recordings.keys import signing_key
from server.backup.contents import CONTENTS, VERSION, Place, here_of, in_backup, rows_in
from server.backup.files import copy_all, is_empty
from server.backup.repository import session_ids
from server.review import index_session
from server.settings import Settings
from server.storage.dump import NotRestorable, load
from server.storage.engine import Database, Transaction
from server.storage.schema import Session
from server.vault import vault_of


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
        await asyncio.to_thread(_put_back, in_backup(source, keys), here_of(settings))
        again = await asyncio.to_thread(_erase_again, settings, newer)
        tables = await load(db, rows_in(source, contents["database_sha256"]))
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


def _check(settings: Settings, source: Path) -> Mapping[str, Any]:
    contents: dict[str, Any] = json.loads((source / CONTENTS).read_bytes())
    if contents["version"] != VERSION:
        raise NotRestorable("it was made by another release")
    rows = rows_in(source, contents["database_sha256"])
    if _sha256(rows) != contents["database_sha256"]:
        raise NotRestorable(f"{rows.name} was changed")
    if not is_empty((settings.recordings, settings.data / "keys")):
        raise NotRestorable(f"there are recordings or keys in {settings.data} already")
    return contents


def _put_back(there: Place, here: Place) -> None:
    if not there.keys.is_dir():
        raise NotRestorable(f"there are no keys in {there.keys}")
    for source, target in (
        (there.keys, here.keys),
        (there.recordings, here.recordings),
        (there.checkpoints, here.checkpoints),
    ):
        copy_all(source, target)


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


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
