"""Erasing a session for good (销毁): its keys are destroyed, and a signed certificate says so.

The media is encrypted, so every copy of it, also one in an archive that lets nothing be deleted, is
unreadable from then on; the copy here is removed as well. What proves that there was a recording
stays: the journal with its hashes, the facts, the manifest, whose last line is the certificate.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recordings import facts, journal, manifest
from recordings.durable import sync_folder, write_whole
from recordings.facts import canonical
from recordings.keys import PublicKey, SigningKey
from recordings.manifest import Manifest
from recordings.records import Kept, Segment
from recordings.vault import Vault
from recordings.verify import Witness, verify

_INTENT = ".erasing"


def erase(
    folder: Path, vault: Vault, key: SigningKey, at: float, detail: Mapping[str, str]
) -> Manifest:
    """Erase the session in ``folder`` at unix time ``at``; its certificate.

    ``detail`` goes into the certificate as it is: ids and codes, nobody's name. Asked again, also
    after a crash half-way, it finishes what was begun and gives the same certificate. Raises
    NotSealable before anything is destroyed, when the session goes on or is not what was sealed;
    OSError.
    """
    done = next((one for one in _manifests(folder) if "erased" in one.body), None)
    if done is None:
        manifest.check(folder, key)
        _intend(folder, vault, at, detail)
    vault.destroy(folder.name)
    _remove_media(folder)
    if done is None:
        certificate = json.loads((folder / _INTENT).read_bytes())
        done = manifest.seal(folder, key, at, certificate)
        assert done is not None
    (folder / _INTENT).unlink(missing_ok=True)
    sync_folder(folder)
    return done


def erase_again(folder: Path, vault: Vault, newer: Path | None, key: PublicKey) -> bool:
    """Erase a session that a backup from before its erasure has brought back; tell whether it was.

    ``newer`` holds its chains as they were later (another backup's, the archive's): they count when
    they are whole by ``key``, and go on where those in ``folder`` end; a certificate in these when
    ``key`` signed it. Raises OSError, ValueError.
    """
    if newer is not None and erased(newer) is not None and erased(folder) is None:
        if not _goes_on(folder, newer) or verify(newer, witness=Witness(key)):
            return False
        for path in sorted(path for path in newer.iterdir() if path.is_file()):
            write_whole(folder / path.name, path.read_bytes())
    if manifest.erased(_manifests(folder), key) is None:
        return False
    vault.destroy(folder.name)
    _remove_media(folder)
    sync_folder(folder)
    return True


def _goes_on(folder: Path, newer: Path) -> bool:
    chains = (journal.NAME, facts.NAME, manifest.NAME)
    return all(
        (newer / name).is_file() and (newer / name).read_bytes().startswith(chain.read_bytes())
        for name in chains
        if (chain := folder / name).is_file()
    )


def erased(folder: Path) -> Mapping[str, Any] | None:
    """The certificate of an erased session: at, keys, segments, bytes, detail; None if it is not.

    Raises ValueError, OSError.
    """
    return manifest.erased(list(_manifests(folder)))


def _manifests(folder: Path) -> list[Manifest]:
    return list(manifest.read(folder)) if (folder / manifest.NAME).exists() else []


def _intend(folder: Path, vault: Vault, at: float, detail: Mapping[str, str]) -> None:
    """Note what is about to go: once it is gone, nobody could say what it was."""
    if (folder / _INTENT).exists():
        return
    rows = [row for row in journal.read(folder) if isinstance(row, Segment)]
    files: list[Segment | Kept] = [*rows, *facts.kept_in(folder)]
    certificate = {
        "at": at,
        "keys": vault.idents(folder.name),
        "segments": len(rows),
        "bytes": sum(row.bytes for row in files),
        "detail": dict(detail),
    }
    write_whole(folder / _INTENT, canonical(certificate))


def _remove_media(folder: Path) -> None:
    for path in sorted(folder.glob("*/*")):
        path.unlink()
    for path in [path for path in folder.iterdir() if path.is_dir()]:
        path.rmdir()
    (folder / f".{_INTENT}.new").unlink(missing_ok=True)
