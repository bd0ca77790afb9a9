"""``python -m recordings verify``: what is whole, what is not and where, for people and scripts."""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from recordings import bundle, checkpoint, keys, names
from recordings.checkpoint import Checkpoint
from recordings.journal import NAME
from recordings.keys import PublicKey
from recordings.timestamp import Stamp, certificates
from recordings.verify import Problem, Witness, earlier_sessions, erased_in, stamps, verify


def add_options(command: argparse.ArgumentParser) -> None:
    """Say what can be given."""
    command.add_argument("folder", type=Path, help="a session's folder, one of such, or a bundle")
    command.add_argument("--open", action="store_true", help="the session may still go on")
    command.add_argument("--key", type=Path, help="the public key, from a source you trust")
    command.add_argument("--integrity", help="the integrity value somebody was given")
    command.add_argument("--tsa", type=Path, help="certificates of the time-stamping authority")
    command.add_argument("--checkpoint", type=Path, help="a checkpoint that somebody has kept")
    command.add_argument("--countersigner", type=Path, help="public key of who countersigned it")


def check(options: argparse.Namespace) -> int:
    """Check what was asked for; 0 whole, 1 something is wrong, 2 there is nothing to check.

    Raises BadKey, BadCheckpoint, ValueError, OSError.
    """
    witness = Witness(
        key=keys.public_key(options.key) if options.key else None,
        integrity=options.integrity,
        authorities=certificates(options.tsa) if options.tsa else None,
        checkpoint=_checkpoint(options) if options.checkpoint else None,
    )
    if (inside := bundle.session_in(options.folder)) is not None:
        return _check_bundle(options.folder, inside, witness)
    folder = options.folder.resolve()
    if (folder / NAME).exists():
        return _tell(folder, verify(folder, options.open, witness))
    return _check_archive(folder, options.open, witness)


def _checkpoint(options: argparse.Namespace) -> Checkpoint:
    found = checkpoint.read(options.checkpoint.read_bytes())
    for path in (options.key, options.countersigner):
        if path is not None:
            found.check_signed(keys.public_key(path))
    return found


def _check_archive(root: Path, is_open: bool, witness: Witness) -> int:
    sessions = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    if not sessions:
        print(f"{root}: there is no recorded session here", file=sys.stderr)
        return 2
    known = witness.checkpoint.begun if witness.checkpoint else set()
    missing = sorted(known - {session.name for session in sessions})
    for name in missing:
        print(f"{name}: is missing; the checkpoint names it")
    found = {session: verify(session, is_open, witness) for session in sessions}
    for session in sessions:
        found[session] += _unfollowed(session, {one.name for one in sessions})
    worst = max(_tell(session, problems) for session, problems in found.items())
    return 1 if missing else worst


def _unfollowed(session: Path, there: set[str]) -> list[Problem]:
    """In an archive the sessions that others go on with are there, too."""
    try:
        gone = [name for name in earlier_sessions(session) if name not in there]
    except OSError:
        return []
    return [Problem(NAME, f"continues {name}, which is missing") for name in gone]


def _check_bundle(folder: Path, session: Path, witness: Witness) -> int:
    key = witness.key
    if key is None:
        key = keys.public_key(folder / bundle.PUBLIC)
        print(f"signed with the key in the bundle: {key.ident}")
    try:
        witness = replace(witness, key=key, statements=bundle.statements_in(folder))
    except bundle.NoStatements as error:
        return _tell(session, [Problem(error.where, error.what)])
    found = _name_problems(folder, session, key)
    return _tell(session, found + verify(session, witness=witness))


def _name_problems(folder: Path, session: Path, key: PublicKey) -> list[Problem]:
    """What is wrong with the list of names; what it is worth is said in a line of its own."""
    if not any((folder / name).exists() for name in (names.NAMES, names.SIGNATURE)):
        return []
    try:
        at = names.signed_at(folder, session.name, key)
    except names.BadNames as error:
        return [Problem(names.NAMES, str(error))]
    except OSError:
        return [Problem(names.NAMES, "is missing or cannot be read")]
    if at is None:
        print(f"{names.NAMES}: is not signed, nothing here shows that its names are the right ones")
    else:
        print(f"{names.NAMES}: signed on {_moment(at)}; the names the database had then")
    return []


def _tell(session: Path, problems: list[Problem]) -> int:
    for problem in problems:
        print(f"{session.name}/{problem}")
    if not problems:
        print(f"{session.name}: {_state(session)}")
    return 1 if problems else 0


def _state(session: Path) -> str:
    stamped = [stamp for _, stamp in stamps(session) if isinstance(stamp, Stamp)]
    if not stamped:
        return _wholeness(session)
    last = stamped[-1]
    return f"{_wholeness(session)}; time stamp of {last.at:%Y-%m-%d %H:%M:%S UTC}, {last.authority}"


def _wholeness(session: Path) -> str:
    if (gone := erased_in(session)) is None:
        return "whole"
    moment = _moment(float(gone.get("at", 0)))
    return f"erased on {moment}, as its certificate says; what is left is whole"


def _moment(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(at))
