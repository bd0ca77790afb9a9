"""What was recorded on the second volume goes home, once the first one works again.

Until then a session lies in two folders, each with a journal of its own. Its files are copied under
the next free names, read back and compared, then journalled; only then the second folder goes.
Broken off anywhere, it can be done again.
"""

import errno
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from recordings.durable import make_folder, sync_folder
from recordings.journal import Journal
from recordings.lane import restore
from recordings.records import Record, Segment
from recordings.recover import recover_session
from recordings.sink import seal_file
from recordings.vault import Vault


def bring_home(away: Path, home: Path, vault: Vault | None = None) -> int:
    """Bring one session's folder from ``away``; how many records that were.

    What is encrypted stays so, under the same key. Raises OSError; BlockingIOError when either is
    being recorded into.
    """
    if not away.is_dir():
        return 0
    make_folder(home)
    for folder in (away, home):
        recover_session(folder, vault)
    there = Journal(away)
    try:
        count = _continue(home, away, there.records)
        shutil.rmtree(away)
        return count
    finally:
        there.close()


def _continue(home: Path, away: Path, records: list[Record]) -> int:
    journal = Journal(home)
    try:
        known = [_says(record) for record in journal.records]
        new = [record for record in records if _says(record) not in known]
        for record in list(_placed(home, away, new, journal.records)):
            journal.append(record)
        journal.flush()
        return len(new)
    finally:
        journal.close()


def _says(record: Record) -> dict[str, Any]:
    """What a record tells, wherever it stands and whatever its file is called."""
    text = record.as_json()
    if isinstance(record, Segment):
        return {"sha256": text["sha256"], "bytes": text["bytes"]}
    return {name: value for name, value in text.items() if name not in ("seq", "prev")}


def _placed(
    home: Path, away: Path, records: list[Record], present: list[Record]
) -> Iterator[Record]:
    lanes = restore(home, present)
    for record in records:
        if isinstance(record, Segment):
            lane = lanes.get((record.participant, record.track))
            index = lane.next_index if lane else record.index
            file = record.file.replace(f"-{record.index:06d}.", f"-{index:06d}.")
            _copy(away / record.file, home / file)
            if lane:
                lane.next_index += 1
            yield replace(record, file=file, index=index)
        else:
            yield record


def _copy(source: Path, target: Path) -> None:
    """Copy a sealed file; raises OSError when it does not read back as it was read."""
    make_folder(target.parent)
    draft = target.with_name(f"{target.name}.copy")
    shutil.copyfile(source, draft)
    draft.chmod(0o600)
    with source.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    # Under its final name only when it is whole: recovery takes what has one for a segment.
    if seal_file(draft).sha256 != sha256:
        raise OSError(errno.EIO, "a copy is not what was copied")
    draft.rename(target)
    sync_folder(target.parent)
