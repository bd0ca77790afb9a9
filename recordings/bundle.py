"""The evidence bundle: one session's originals, and all that a stranger needs to check them.

说明.html                     what this is, how to check it, how to watch it (Chinese)
recording/<session>/…         the session's folder as it lies in the archive
statements/advice.json …      the rows of the database that the chain of facts is about
public.pem                    the key that checks the signatures; compare its name with a source
                              outside the bundle
verifier/recordings/*.py      this package's checking half: python3 and cryptography run it
"""

import html
import shutil
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from recordings import facts, journal, manifest
from recordings.facts import FactKind, Statement
from recordings.keys import PublicKey, SigningKey
from recordings.verify import Witness

RECORDING, STATEMENTS, PUBLIC = "recording", "statements", "public.pem"
_VERIFIER = (
    "__init__ __main__ bundle facts journal keys manifest model records verify bundle_page.html"
)
_PAGE = Path(__file__).with_name("bundle_page.html")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a bundle: its name there, and a file to copy or the bytes themselves."""

    name: str
    content: Path | bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size


def parts(
    folder: Path, number: str, statements: Iterable[Statement], key: SigningKey
) -> list[Part]:
    """Seal the session in ``folder`` and list what belongs into its bundle.

    ``number`` is what people call the session. Raises NotSealable, OSError.
    """
    if not (folder / journal.NAME).exists():
        raise manifest.NotSealable("there is no recorded session here")
    rows = list(statements)
    facts.chain(folder, rows)
    manifest.seal(folder, key, time.time())
    integrity = manifest.integrity(folder) or ""
    return [
        Part("说明.html", _page(folder, number, key.public, integrity)),
        Part(PUBLIC, key.public.pem()),
        *_statements(rows),
        *_verifier(),
        *_recording(folder),
    ]


def write_folder(target: Path, files: Iterable[Part]) -> None:
    """Write a bundle as a folder, which must not exist. Raises OSError."""
    target.mkdir(mode=0o700)
    for part in files:
        path = target / part.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(part.content, bytes):
            path.write_bytes(part.content)
        else:
            shutil.copyfile(part.content, path)


def write_zip(target: Path, files: Iterable[Part]) -> None:
    """Write a bundle as a zip file, which must not exist. Raises OSError."""
    # Stored, not deflated: media has nothing left to squeeze out.
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED) as archive:
        for part in files:
            if isinstance(part.content, bytes):
                archive.writestr(part.name, part.content)
            else:
                archive.write(part.content, part.name)


def session_in(bundle: Path) -> Path | None:
    """The session's folder of an unpacked bundle; None when this is no bundle."""
    folders = [path for path in (bundle / RECORDING).glob("*") if path.is_dir()]
    return folders[0] if len(folders) == 1 else None


def witness_in(bundle: Path, key: PublicKey, integrity: str | None) -> Witness:
    """What a bundle itself has to say. Raises ValueError naming a file of statements; OSError."""
    rows: list[Statement] = []
    for path in sorted((bundle / STATEMENTS).glob("*.json")):
        try:
            rows += facts.from_json(path.read_bytes())
        except ValueError:
            raise ValueError(f"{STATEMENTS}/{path.name}") from None
    return Witness(key, rows, integrity)


def _statements(rows: list[Statement]) -> Iterator[Part]:
    for kind in FactKind:
        mine = [row for row in rows if row.kind is kind]
        yield Part(f"{STATEMENTS}/{kind.value}.json", facts.as_json(mine))


def _verifier() -> Iterator[Part]:
    here = Path(__file__).parent
    for name in _VERIFIER.split():
        file = name if "." in name else f"{name}.py"
        yield Part(f"verifier/recordings/{file}", here / file)


def _recording(folder: Path) -> Iterator[Part]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield Part(f"{RECORDING}/{folder.name}/{path.relative_to(folder).as_posix()}", path)


def _page(folder: Path, number: str, key: PublicKey, integrity: str) -> bytes:
    values = {
        "number": number,
        "session": folder.name,
        "key": key.ident,
        "integrity": integrity,
        "made": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
    }
    page = Template(_PAGE.read_text("utf-8"))
    return page.substitute({name: html.escape(text) for name, text in values.items()}).encode()
