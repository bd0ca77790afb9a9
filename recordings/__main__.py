"""python -m recordings: checks recordings, and prepares them to be checked by others.

    verify FOLDER        what is wrong with a session, an archive of sessions, or an evidence bundle
    key KEYS             the public key, made with its private half when there is none
    checkpoint ROOT OUT  the heads of all sessions' chains, signed, for another body to keep
    countersign FILE     add one's own signature to a checkpoint
    erase FOLDER         destroy a session's keys and media for good; a signed certificate stays
    bundle FOLDER OUT    an evidence bundle, a folder or OUT.zip; statements come from a JSON file

Exit status: 0 whole or done, 1 something is wrong, 2 bad usage. A bundle has ``verify`` alone.
"""

import argparse
import sys
from pathlib import Path

from recordings.keys import BadKey
from recordings.manifest import NotSealable
from recordings.verify_command import add_options, check


def main(arguments: list[str]) -> int:
    """Run the command; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return check(options) if options.command == "verify" else _other(options)
    except (BadKey, NotSealable, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2


def _other(options: argparse.Namespace) -> int:
    # Imported here: a bundle has no more of this package than the verifier needs.
    from recordings.archive_commands import COMMANDS

    return COMMANDS[options.command](options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m recordings")
    commands = parser.add_subparsers(dest="command", required=True)
    add_options(commands.add_parser("verify", help="check a session, an archive or a bundle"))
    command = commands.add_parser("key", help="print the public key and its name")
    command.add_argument("keys", type=Path, help="the folder of keys")
    command = commands.add_parser("bundle", help="make an evidence bundle of a session")
    command.add_argument("folder", type=Path, help="the session's folder")
    command.add_argument("target", type=Path, help="a new folder, or a file that ends in .zip")
    _add_keys(command)
    command.add_argument("--statements", type=Path, help="advice, consents and log as JSON")
    command.add_argument("--number", default="", help="what people call the session")
    command = commands.add_parser("erase", help="destroy a session's keys and media for good")
    command.add_argument("folder", type=Path, help="the session's folder")
    _add_keys(command)
    command.add_argument("--reason", required=True, help="goes into the certificate")
    command.add_argument("--yes", action="store_true", required=True, help="it cannot be undone")
    command = commands.add_parser("checkpoint", help="the heads of all sessions' chains, signed")
    command.add_argument("root", type=Path, help="the folder of all recordings")
    command.add_argument("target", type=Path, help="a new file")
    command.add_argument("--keys", type=Path, required=True, help="the folder of keys")
    command.add_argument("--previous", type=Path, help="the checkpoint before")
    command = commands.add_parser("countersign", help="add one's own signature to a checkpoint")
    command.add_argument("file", type=Path, help="the checkpoint")
    command.add_argument("--keys", type=Path, required=True, help="one's own folder of keys")
    command.add_argument("--by", required=True, help="who countersigns")
    return parser


def _add_keys(command: argparse.ArgumentParser) -> None:
    command.add_argument("--keys", type=Path, required=True, help="the folder of keys")
    command.add_argument("--master", default="", help="file:/PATH or command:PROGRAM")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
