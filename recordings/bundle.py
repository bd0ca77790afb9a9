"""The evidence bundle: one session's originals, and all that a stranger needs to check them.

说明.html                     what this is, how to check it, how to watch it (Chinese)
recording/<session>/…         the session's folder as it lies in the archive, media decrypted
statements/advice.json …      the rows of the database that the chain of facts is about
names.json …                  who is behind the ids, and the signature of who made the bundle
public.pem                    the key that checks the signatures; compare its name with a source
                              outside the bundle
verifier/recordings/*.py      this package's checking half: python3 and cryptography run it
"""

import html
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from recordings import facts, journal, manifest
from recordings import names as names_list
from recordings.facts import FactKind, Statement
from recordings.keys import PublicKey, SigningKey
from recordings.records import Kept, Segment

if TYPE_CHECKING:  # who checks a bundle has neither a vault nor a need for it
    from recordings.media_file import Media
    from recordings.vault import Vault

RECORDING, STATEMENTS, PUBLIC = "recording", "statements", "public.pem"
_VERIFIER = (
    "__init__ __main__ bundle checkpoint der durable facts journal keys manifest model names "
    "records timestamp verify verify_command bundle_page.html"
)
_CHUNK = 1024 * 1024
_LARGE = 1 << 31
_PAGE = Path(__file__).with_name("bundle_page.html")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a bundle: its name there, and a file to copy, bytes, or media to read."""

    name: str
    content: "Path | bytes | Media"

    @property
    def size(self) -> int:
        """Bytes."""
        if isinstance(self.content, bytes):
            return len(self.content)
        return self.content.stat().st_size if isinstance(self.content, Path) else self.content.size

    def read(self) -> Iterator[bytes]:
        """What is in it, in pieces. Raises OSError; Unreadable of encrypted media."""
        if isinstance(self.content, bytes):
            yield self.content
        elif isinstance(self.content, Path):
            with self.content.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        else:
            yield from self.content.read()


def parts(
    folder: Path,
    number: str,
    statements: Iterable[Statement],
    key: SigningKey,
    vault: "Vault | None" = None,
    names: Mapping[str, str] | None = None,
) -> list[Part]:
    """Seal the session in ``folder`` and list what belongs into its bundle.

    ``number`` is what people call the session; ``names`` says who is behind the ids in it.
    Encrypted media is read with a key of the ``vault``'s. Raises NotSealable, OSError; Unreadable
    without that key.
    """
    if not (folder / journal.NAME).exists():
        raise manifest.NotSealable("there is no recorded session here")
    rows = list(statements)
    facts.chain(folder, rows)
    now = time.time()
    manifest.seal(folder, key, now)
    signed = names_list.signed(folder.name, names, key, now) if names is not None else ()
    integrity = manifest.integrity(folder) or ""
    return [
        Part("说明.html", _page(folder, number, key.public, integrity)),
        Part(PUBLIC, key.public.pem()),
        *_statements(rows),
        *(Part(name, text) for name, text in signed),
        *_verifier(),
        *_recording(folder, vault),
    ]


def write_folder(target: Path, files: Iterable[Part]) -> None:
    """Write a bundle as a folder, which must not exist. Raises OSError."""
    target.mkdir(mode=0o700)
    for part in files:
        path = target / part.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(part.read())


def write_zip(target: Path, files: Iterable[Part]) -> None:
    """Write a bundle as a zip file, which must not exist. Raises OSError."""
    # Stored, not deflated: media has nothing left to squeeze out.
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED) as archive:
        for part in files:
            info = zipfile.ZipInfo(part.name, time.localtime()[:6])
            info.external_attr = 0o644 << 16
            with archive.open(info, "w", force_zip64=part.size >= _LARGE) as file:
                for chunk in part.read():
                    file.write(chunk)


def session_in(bundle: Path) -> Path | None:
    """The session's folder of an unpacked bundle; None when this is no bundle."""
    folders = [path for path in (bundle / RECORDING).glob("*") if path.is_dir()]
    return folders[0] if len(folders) == 1 else None


class NoStatements(ValueError):
    """A file among the statements is not as a bundle has it; ``where`` it is, ``what`` is wrong."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where, self.what = where, what


def statements_in(bundle: Path) -> list[Statement]:
    """The rows that a bundle has. Raises NoStatements, OSError.

    A file is read only if it is what would be written of its rows, byte for byte: whoever opens it
    in an editor sees what was compared with the chain, and nothing beside it.
    """
    rows: list[Statement] = []
    for path in sorted((bundle / STATEMENTS).glob("*")):
        where = f"{STATEMENTS}/{path.name}"
        if path.suffix != ".json" or path.stem not in set(FactKind):
            raise NoStatements(where, "is no file of statements")
        text = path.read_bytes()
        try:
            mine = facts.from_json(text)
            spelling = facts.as_json(row for row in mine if row.kind == path.stem)
        except ValueError:
            raise NoStatements(where, "holds no statements") from None
        if spelling != text:
            raise NoStatements(where, "was changed: it is not as statements are written")
        rows += mine
    return rows


def _statements(rows: list[Statement]) -> Iterator[Part]:
    for kind in FactKind:
        mine = [row for row in rows if row.kind is kind]
        yield Part(f"{STATEMENTS}/{kind.value}.json", facts.as_json(mine))


def _verifier() -> Iterator[Part]:
    here = Path(__file__).parent
    for name in _VERIFIER.split():
        file = name if "." in name else f"{name}.py"
        yield Part(f"verifier/recordings/{file}", here / file)


def _recording(folder: Path, vault: "Vault | None") -> Iterator[Part]:
    from recordings.media_file import open_media

    rows = [row for row in journal.read(folder) if isinstance(row, Segment)]
    files: list[Segment | Kept] = [*rows, *facts.kept_in(folder)]
    encrypted = {row.file for row in files if row.stored_sha256}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            content = open_media(path, vault) if name in encrypted else path
            yield Part(f"{RECORDING}/{folder.name}/{name}", content)


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
