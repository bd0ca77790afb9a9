"""Signed ends: the last line, a cut tail, a roll-back and another key's signature are found."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from recordings import facts, journal, manifest
from recordings.facts import FactKind, Statement, chain
from recordings.journal import Journal
from recordings.keys import BadKey, SigningKey, public_key, signing_key
from recordings.manifest import NotSealable, integrity, seal
from recordings.model import Codec, TrackKind
from recordings.records import CloseMark, Fact
from recordings.recover import finish_session
from recordings.verify import Witness, verify
from tests.recordings import media
from tests.recordings.desk import SESSION, START, desk, vault_in
from tests.recordings.full import room_for

ADVICE = Statement(FactKind.ADVICE, "a1", START, {"advice": "先申请确权。", "bring": ""})
CONSENT = Statement(FactKind.CONSENT, "c1", START, {"subject": "recording", "given": True})
JOURNAL, FACTS, MANIFEST = journal.NAME, facts.NAME, manifest.NAME
LATER = Statement(FactKind.ADVICE, "a2", START + 99, {"advice": "更正：先调解。"})


@dataclass
class Sealed:
    """A session of two segments and two facts, signed at its close and again after."""

    folder: Path
    key: SigningKey
    rows: list[Statement]
    before: Path  # a copy of the folder from before the later correction
    integrity: str

    def places(self, integrity: str | None = None, rows: list[Statement] | None = None) -> set[str]:
        witness = Witness(self.key.public, self.rows if rows is None else rows, integrity)
        return {problem.where for problem in verify(self.folder, witness=witness)}


@pytest.fixture(scope="module", params=["open", "encrypted"])
def original(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``sealed`` copies."""
    root = tmp_path_factory.mktemp("sealed")
    key = signing_key(root / "keys")
    vault = vault_in(root / "keys") if request.param == "encrypted" else None
    with desk(root / "recordings", key=key, vault=vault) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(31))))
        it.sealed(1)
        chain(it.folder, [ADVICE, CONSENT])
        it.close()
    shutil.copytree(it.folder, root / "before")
    chain(it.folder, [ADVICE, CONSENT, LATER])
    seal(it.folder, key, START + 100)
    return root


@pytest.fixture
def sealed(original: Path, tmp_path: Path) -> Sealed:
    root = shutil.copytree(original, tmp_path, dirs_exist_ok=True)
    folder = root / "recordings" / SESSION
    value = integrity(folder)
    assert value is not None
    key = signing_key(root / "keys")
    return Sealed(folder, key, [ADVICE, CONSENT, LATER], root / "before", value)


def test_a_session_signed_at_its_close_is_whole(sealed: Sealed) -> None:
    assert sealed.places(sealed.integrity) == set()
    first, second = manifest.read(sealed.folder)
    assert first.body["segments"] == second.body["segments"]
    assert [row["file"] for row in first.body["segments"]] == [
        "p1/microphone-000000.webm",
        "p1/microphone-000001.webm",
    ]
    assert (first.head("facts").lines, second.head("facts").lines) == (2, 3)


def test_nothing_new_is_not_signed_again(sealed: Sealed) -> None:
    assert seal(sealed.folder, sealed.key, START + 200) is None
    assert chain(sealed.folder, sealed.rows).added == 0
    assert len(list(manifest.read(sealed.folder))) == 2


def test_a_session_that_goes_on_is_not_signed(tmp_path: Path) -> None:
    key = signing_key(tmp_path / "keys")
    with desk(tmp_path / "recordings", key=key) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(31))))
        it.sealed(1)
        with pytest.raises(NotSealable):
            seal(it.folder, key, START)
        assert verify(it.folder, True, Witness(key.public)) == []


def rewrite(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


def relink(folder: Path, name: str, keep: int) -> None:
    """Cut a chain to ``keep`` lines and close it anew, every link in order."""
    rewrite(folder / name, lambda rows: rows[:keep])
    chained = Journal(folder, name)
    chained.append(CloseMark(at=START + 5, reason="done"))
    chained.flush()
    chained.close()


def cut_short(it: Sealed) -> None:
    relink(it.folder, JOURNAL, 2)
    (it.folder / "p1/microphone-000001.webm").unlink()


def resign(it: Sealed) -> None:
    (it.folder / manifest.NAME).unlink()
    seal(it.folder, signing_key(it.folder.parent / "other"), START)


def roll_back(it: Sealed) -> None:
    shutil.rmtree(it.folder)
    shutil.copytree(it.before, it.folder)


def swap_facts(it: Sealed) -> None:
    rewrite(it.folder / facts.NAME, lambda rows: [rows[1], rows[0], rows[2]])


TAMPERINGS: dict[str, tuple[Callable[[Sealed], object], set[str]]] = {
    "the journal's last line": (
        lambda it: rewrite(
            it.folder / JOURNAL, lambda rows: [*rows[:-1], rows[-1].replace(b"done", b"dane")]
        ),
        {f"{MANIFEST}:1", f"{MANIFEST}:2"},
    ),
    "the journal cut and closed anew": (
        cut_short,
        {f"{MANIFEST}:1", f"{MANIFEST}:2"},
    ),
    "a line added to the journal": (
        lambda it: relink(it.folder, JOURNAL, 4),
        {f"{JOURNAL}:5"},
    ),
    "the last fact dropped": (
        lambda it: rewrite(it.folder / FACTS, lambda rows: rows[:-1]),
        {f"{MANIFEST}:2", "advice a2"},
    ),
    "the last fact changed": (
        lambda it: rewrite(
            it.folder / FACTS, lambda rows: [*rows[:-1], rows[-1].replace(b':"a2', b':"a3')]
        ),
        {f"{MANIFEST}:2", "advice a2", "advice a3"},
    ),
    "facts swapped": (
        swap_facts,
        {f"{FACTS}:1", f"{FACTS}:2", f"{FACTS}:3", f"{MANIFEST}:1"},
    ),
    "the facts torn": (
        lambda it: os.truncate(it.folder / FACTS, (it.folder / FACTS).stat().st_size - 3),
        {f"{FACTS}:3", f"{MANIFEST}:2", "advice a2"},
    ),
    "the facts removed": (
        lambda it: (it.folder / FACTS).unlink(),
        {f"{MANIFEST}:1", f"{MANIFEST}:2", "advice a1", "advice a2", "consent c1"},
    ),
    "a fact that is none": (
        lambda it: relink(it.folder, FACTS, 3),
        {f"{FACTS}:4"},
    ),
    "a manifest's time": (
        lambda it: rewrite(
            it.folder / MANIFEST, lambda rows: [rows[0], rows[1].replace(b'"at":17', b'"at":16')]
        ),
        {f"{MANIFEST}:2", MANIFEST},
    ),
    "a manifest's spelling": (
        lambda it: rewrite(
            it.folder / MANIFEST, lambda rows: [rows[0], rows[1].replace(b'"at":', b'"at": ')]
        ),
        {MANIFEST},
    ),
    "the first manifest dropped": (
        lambda it: rewrite(it.folder / MANIFEST, lambda rows: rows[1:]),
        {f"{MANIFEST}:1"},
    ),
    "the last manifest dropped": (
        lambda it: rewrite(it.folder / MANIFEST, lambda rows: rows[:1]),
        {f"{FACTS}:3", MANIFEST},
    ),
    "the manifest emptied": (lambda it: (it.folder / MANIFEST).write_bytes(b""), {MANIFEST}),
    "the manifest removed": (lambda it: (it.folder / MANIFEST).unlink(), {MANIFEST}),
    "all rolled back": (roll_back, {MANIFEST, "advice a2"}),
    "signed with another key": (resign, {MANIFEST, f"{MANIFEST}:1"}),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_and_placed(sealed: Sealed, name: str) -> None:
    tamper, places = TAMPERINGS[name]
    tamper(sealed)
    assert sealed.places(sealed.integrity) == places


def test_another_sessions_folder_is_no_substitute(sealed: Sealed) -> None:
    sealed.folder = sealed.folder.rename(sealed.folder.with_name("other"))
    assert sealed.places() == {f"{MANIFEST}:1", f"{MANIFEST}:2"}


@pytest.mark.parametrize(
    "changed",
    [
        replace(CONSENT, content={**CONSENT.content, "given": False}),
        replace(CONSENT, id="c9"),
        replace(CONSENT, kind=FactKind.EVENT),
    ],
)
def test_a_row_that_was_changed_is_found(sealed: Sealed, changed: Statement) -> None:
    places = sealed.places(rows=[ADVICE, changed, LATER])
    assert places == {"consent c1", f"{changed.kind} {changed.id}"}


def test_a_row_that_changes_after_it_was_chained_is_told(sealed: Sealed) -> None:
    changed = replace(CONSENT, content={**CONSENT.content, "given": False})
    assert chain(sealed.folder, [ADVICE, changed]).changed == (changed,)
    assert sealed.places() == set()


@pytest.mark.parametrize("name", [JOURNAL, FACTS])
def test_nothing_is_signed_over_a_change(sealed: Sealed, name: str) -> None:
    rewrite(sealed.folder / name, lambda rows: [rows[0].replace(b'"at":', b'"at": '), *rows[1:]])
    with pytest.raises(NotSealable):
        seal(sealed.folder, sealed.key, START)


def test_a_torn_manifest_is_written_anew(sealed: Sealed) -> None:
    path = sealed.folder / MANIFEST
    path.write_bytes(path.read_bytes()[:-5])
    assert sealed.places() == {f"{FACTS}:3"}
    seal(sealed.folder, sealed.key, START + 300)
    assert sealed.places() == set()


@pytest.mark.parametrize("more", [0, 1, 300])
def test_a_seal_that_the_disk_cuts_short_is_none(sealed: Sealed, more: int) -> None:
    path = sealed.folder / MANIFEST
    before = path.read_bytes()
    chain(sealed.folder, [replace(LATER, id="a3")])
    with room_for(path, more), pytest.raises(OSError, match="File too large"):
        seal(sealed.folder, sealed.key, START + 300)
    assert path.read_bytes() == before
    made = seal(sealed.folder, sealed.key, START + 300)
    assert made is not None
    assert integrity(sealed.folder) == made.sha256


def test_a_session_that_crashed_is_closed_and_signed_later(tmp_path: Path) -> None:
    key = signing_key(tmp_path / "keys")
    with desk(tmp_path / "recordings") as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(31))))
        it.sealed(1)
        with pytest.raises(BlockingIOError):
            finish_session(it.folder, START + 60)
        it.recorder.close()
        finish_session(it.folder, START + 60)
        finish_session(it.folder, START + 90)
        assert [mark.at for mark in it.records(CloseMark)] == [START + 60]
        assert seal(it.folder, key, START + 61) is not None
        assert verify(it.folder, witness=Witness(key.public)) == []
        assert len(it.segments(TrackKind.MICROPHONE)) == 2


def test_facts_are_chained_once(sealed: Sealed) -> None:
    rows = journal.read(sealed.folder / FACTS)
    assert [(row.kind, row.id) for row in rows if isinstance(row, Fact)] == [
        ("advice", "a1"),
        ("consent", "c1"),
        ("advice", "a2"),
    ]


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    key = signing_key(tmp_path / "keys")
    assert signing_key(tmp_path / "keys").public.ident == key.public.ident
    (file,) = (tmp_path / "keys").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    public = tmp_path / "public.pem"
    public.write_bytes(key.public.pem())
    assert public_key(public).signed(key.sign(b"x"), b"x")
    assert not public_key(public).signed(key.sign(b"x"), b"y")


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "signing.pem").write_text("nothing")
    with pytest.raises(BadKey):
        signing_key(tmp_path)
    with pytest.raises(BadKey):
        public_key(tmp_path / "signing.pem")
