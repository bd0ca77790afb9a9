"""python -m recordings: checks recordings, and prepares them to be checked by others.

    verify FOLDER        what is wrong with a session, an archive of sessions, or an evidence bundle
    key KEYS             the public key, made with its private half when there is none
    erase FOLDER         destroy a session's keys and media for good; a signed certificate stays
    bundle FOLDER OUT    an evidence bundle, a folder or OUT.zip; statements come from a JSON file

Exit status: 0 whole or done, 1 something is wrong, 2 bad usage.
"""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from recordings import bundle, facts, keys
from recordings.journal import NAME
from recordings.keys import MASTER, SESSIONS, BadKey
from recordings.manifest import NotSealable
from recordings.timestamp import Stamp, certificates
from recordings.verify import Problem, Witness, erased_in, stamps, verify

if TYPE_CHECKING:
    from recordings.vault import Vault


def main(arguments: list[str]) -> int:
    """Run the command; the exit status."""
    options = _parser().parse_args(arguments)
    commands = {"verify": _verify, "key": _key, "bundle": _bundle, "erase": _erase}
    try:
        return commands[options.command](options)
    except (BadKey, NotSealable, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m recordings")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("verify", help="check a session, an archive or a bundle")
    command.add_argument("folder", type=Path, help="a session's folder, one of such, or a bundle")
    command.add_argument("--open", action="store_true", help="the session may still go on")
    command.add_argument("--key", type=Path, help="the public key, from a source you trust")
    command.add_argument("--integrity", help="the integrity value somebody was given")
    command.add_argument("--tsa", type=Path, help="certificates of the time-stamping authority")
    command = commands.add_parser("key", help="print the public key and its name")
    command.add_argument("keys", type=Path, help="the folder of keys")
    command = commands.add_parser("bundle", help="make an evidence bundle of a session")
    command.add_argument("folder", type=Path, help="the session's folder")
    command.add_argument("target", type=Path, help="a new folder, or a file that ends in .zip")
    command.add_argument("--keys", type=Path, required=True, help="the folder of keys")
    command.add_argument("--master", default="", help="file:PATH or command:PROGRAM")
    command.add_argument("--statements", type=Path, help="advice, consents and log as JSON")
    command.add_argument("--number", default="", help="what people call the session")
    command = commands.add_parser("erase", help="destroy a session's keys and media for good")
    command.add_argument("folder", type=Path, help="the session's folder")
    command.add_argument("--keys", type=Path, required=True, help="the folder of keys")
    command.add_argument("--master", default="", help="file:PATH or command:PROGRAM")
    command.add_argument("--reason", required=True, help="goes into the certificate")
    command.add_argument("--yes", action="store_true", required=True, help="it cannot be undone")
    return parser


def _verify(options: argparse.Namespace) -> int:
    key = keys.public_key(options.key) if options.key else None
    authorities = certificates(options.tsa) if options.tsa else None
    witness = Witness(key, None, options.integrity, authorities)
    if (inside := bundle.session_in(options.folder)) is not None:
        return _verify_bundle(options.folder, inside, witness)
    folder = options.folder.resolve()
    sessions = [folder] if (folder / NAME).exists() else sorted(_folders(folder))
    if not sessions:
        print(f"{folder}: there is no recorded session here", file=sys.stderr)
        return 2
    return max(_tell(session, verify(session, options.open, witness)) for session in sessions)


def _verify_bundle(folder: Path, session: Path, witness: Witness) -> int:
    if witness.key is None:
        key = keys.public_key(folder / bundle.PUBLIC)
        witness = replace(witness, key=key)
        print(f"signed with the key in the bundle: {key.ident}")
    try:
        witness = replace(witness, statements=bundle.statements_in(folder))
    except ValueError as error:
        return _tell(session, [Problem(str(error), "holds no statements")])
    return _tell(session, verify(session, witness=witness))


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
    moment = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(float(gone.get("at", 0))))
    return f"erased on {moment}, as its certificate says; what is left is whole"


def _key(options: argparse.Namespace) -> int:
    public = keys.signing_key(options.keys).public
    print(public.pem().decode(), end="")
    print(public.ident)
    return 0


def _bundle(options: argparse.Namespace) -> int:
    rows = facts.from_json(options.statements.read_bytes()) if options.statements else []
    key = keys.signing_key(options.keys)
    files = bundle.parts(options.folder.resolve(), options.number, rows, key, _vault(options))
    write = bundle.write_zip if options.target.suffix == ".zip" else bundle.write_folder
    write(options.target, files)
    return 0


def _erase(options: argparse.Namespace) -> int:
    from recordings.erasure import erase

    key, detail = keys.signing_key(options.keys), {"reason": options.reason}
    made = erase(options.folder.resolve(), _vault(options), key, time.time(), detail)
    print(f"{options.folder.name}: erased; certificate {made.sha256}")
    return 0


def _vault(options: argparse.Namespace) -> "Vault":
    # Imported here: the verifier in a bundle has neither.
    from recordings.master import master_from
    from recordings.vault import Vault

    keys_folder = options.keys.resolve()
    return Vault(
        keys_folder / SESSIONS, master_from(options.master or f"file:{keys_folder / MASTER}")
    )


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
