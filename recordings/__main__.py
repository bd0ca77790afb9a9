"""python -m recordings verify FOLDER: prints what is wrong with a session, or that it is whole.

Exit status: 0 whole, 1 something is wrong, 2 bad usage.
"""

import argparse
import sys
from pathlib import Path

from recordings.journal import NAME
from recordings.verify import verify


def main(arguments: list[str]) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m recordings")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("verify", help="check a session's journal and files")
    command.add_argument("folder", type=Path, help="a session's folder, or a folder of such")
    command.add_argument("--open", action="store_true", help="the session may still go on")
    options = parser.parse_args(arguments)
    return _verify(options.folder, options.open)


def _verify(folder: Path, is_open: bool) -> int:
    sessions = [folder] if (folder / NAME).exists() else sorted(_folders(folder))
    if not sessions:
        print(f"{folder}: there is no recorded session here", file=sys.stderr)
        return 2
    count = 0
    for session in sessions:
        problems = verify(session, is_open)
        count += len(problems)
        for problem in problems:
            print(f"{session.name}/{problem}")
        if not problems:
            print(f"{session.name}: whole")
    return 1 if count else 0


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
