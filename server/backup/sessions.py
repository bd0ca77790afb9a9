"""The sessions in a backup: brought up to date, and rid of what was destroyed on purpose.

Sealed media never changes: what a backup has is not copied again. What is destroyed here is
destroyed there too, but on the word of the chains alone; a file that is merely missing here may be
the one the backup was made for.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from recordings import facts, journal, manifest
from recordings.journal import Line
from recordings.keys import SESSIONS, PublicKey
from recordings.records import Fact, Kept, Segment
from recordings.sealed_file import key_of
from server.backup.contents import Place
from server.backup.files import attempt, copy, copy_grown

# What names another comes before it.
_ORDER = (manifest.NAME, facts.NAME, journal.NAME)


@dataclass(frozen=True, slots=True)
class Named:
    """The files that a session's chains name, by what is to become of them.

    ``unread``: the chains in which a line is none.
    """

    kept: list[Segment | Kept]
    destroyed: list[Segment | Kept]
    unread: list[str]


def sessions_in(recordings: Path) -> list[str]:
    """The ids of the sessions of which a chain lies there."""
    return sorted(path.name for path in recordings.glob("*") if _has_chain(path))


def copy_chains(here: Place, there: Place) -> list[str]:
    """Copy journals, facts, seals and time stamps of all sessions; what could not be copied.

    They come before the database and before the media: whatever they name, the others have. And
    what names another comes first: a time stamp before its seal, a seal before what it signs.
    """
    return [
        bad
        for session in sessions_in(here.recordings)
        for name in _chains(here.recordings / session)
        for bad in attempt(here.recordings, there.recordings, f"{session}/{name}", copy_grown)
    ]


def bring_up_to_date(here: Place, there: Place, session: str, key: PublicKey) -> list[str]:
    """Copy the media that the copied chains name; what could not be copied as it was sealed.

    What was destroyed here is destroyed there. ``key`` signs the certificates.
    """
    copied = there.recordings / session
    named = named_in(copied, key)
    bad = [f"{there.recordings.name}/{session}/{name}" for name in named.unread]
    for row in named.kept:
        size, sha256 = row.stored_bytes or row.bytes, row.stored_sha256 or row.sha256
        path = copied / row.file
        if not path.is_file() or path.stat().st_size != size:
            how = partial(copy, sha256=sha256)
            bad += attempt(here.recordings, there.recordings, f"{session}/{row.file}", how)
    forget(copied, named, here.keys / SESSIONS / session, there.keys / SESSIONS / session)
    return bad


def forget(copied: Path, named: Named, keys: Path, copied_keys: Path) -> None:
    """Remove what was destroyed from a session's copy, and the keys that nothing in it needs.

    A key that is still here stays, and so does one that is not while a file that shall be kept is
    encrypted with it, or may be: one that lies elsewhere, or in a line that cannot be read. Raises
    OSError.
    """
    for row in named.destroyed:
        (copied / row.file).unlink(missing_ok=True)
    lost = {path.name for path in copied_keys.glob("*.json")} - {
        path.name for path in keys.glob("*.json")
    }
    if lost and not named.unread and all((copied / row.file).is_file() for row in named.kept):
        needed = {f"{key_of(copied / row.file)}.json" for row in named.kept}
        for name in lost - needed:
            (copied_keys / name).unlink()


def named_in(folder: Path, key: PublicKey) -> Named:
    """What a session's chains name, as far as they can be read. Raises OSError."""
    rows, said = _lines(folder / journal.NAME), _lines(folder / facts.NAME)
    told = [row.record for row in said if isinstance(row.record, Fact)]
    files: list[Segment | Kept] = [row.record for row in rows if isinstance(row.record, Segment)]
    files += [file for fact in told for file in fact.files or ()]
    gone = {row.file for row in files} if _is_erased(folder, key) else facts.destroyed(told)
    return Named(
        [row for row in files if row.file not in gone],
        [row for row in files if row.file in gone],
        [
            name
            for name, lines in ((journal.NAME, rows), (facts.NAME, said))
            if any(line.record is None for line in lines)
        ],
    )


def _is_erased(folder: Path, key: PublicKey) -> bool:
    try:
        return manifest.erased(list(manifest.read(folder)), key) is not None
    except (OSError, ValueError):
        return False


def _chains(folder: Path) -> list[str]:
    names = [path.name for path in folder.iterdir() if path.is_file()]
    beside = [name for name in names if name not in _ORDER and not name.startswith(".")]
    return [*sorted(beside), *(name for name in _ORDER if name in names)]


def _lines(path: Path) -> list[Line]:
    return list(journal.lines(path)) if path.is_file() else []


def _has_chain(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (journal.NAME, facts.NAME))
