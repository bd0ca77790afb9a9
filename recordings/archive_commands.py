"""What ``python -m recordings`` does for who keeps an archive; a bundle has none of it."""

import argparse
import time
from collections.abc import Callable, Mapping

from recordings import bundle, checkpoint, facts, keys
from recordings.durable import write_whole
from recordings.erasure import erase
from recordings.keys import MASTER, SESSIONS
from recordings.master import master_from
from recordings.vault import Vault


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
    key, detail = keys.signing_key(options.keys), {"reason": options.reason}
    made = erase(options.folder.resolve(), _vault(options), key, time.time(), detail)
    print(f"{options.folder.name}: erased; certificate {made.sha256}")
    return 0


def _checkpoint(options: argparse.Namespace) -> int:
    previous = options.previous.read_bytes() if options.previous else None
    text = checkpoint.make(options.root, keys.signing_key(options.keys), time.time(), previous)
    with options.target.open("xb") as file:
        file.write(text)
    print(checkpoint.read(text).sha256)
    return 0


def _countersign(options: argparse.Namespace) -> int:
    key, text = keys.signing_key(options.keys), options.file.read_bytes()
    write_whole(options.file, checkpoint.countersign(text, key, options.by, time.time()))
    print(key.public.ident)
    return 0


def _vault(options: argparse.Namespace) -> Vault:
    folder = options.keys.resolve()
    return Vault(folder / SESSIONS, master_from(options.master or f"file:{folder / MASTER}"))


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "key": _key,
    "bundle": _bundle,
    "erase": _erase,
    "checkpoint": _checkpoint,
    "countersign": _countersign,
}
