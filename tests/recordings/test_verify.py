"""What an offline verifier finds: everything, and it says where."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recordings.journal import NAME
from recordings.model import Codec
from recordings.verify import verify
from tests.recordings import media
from tests.recordings.desk import SESSION, desk, vault_in

FIRST, SECOND = "p1/microphone-000000.webm", "p1/microphone-000001.webm"


@pytest.fixture(params=["open", "encrypted"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A sealed session of two segments; journal: started, two segments, closed."""
    vault = vault_in(tmp_path.with_name(f"{tmp_path.name}-keys"))
    with desk(tmp_path, vault=vault if request.param == "encrypted" else None) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(31))))
        it.close()
        return it.folder


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def edit(folder: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    rows = (folder / NAME).read_bytes().splitlines(keepends=True)
    (folder / NAME).write_bytes(b"".join(change(rows)))


def swap_files(folder: Path) -> None:
    (folder / FIRST).rename(folder / "x")
    (folder / SECOND).rename(folder / FIRST)
    (folder / "x").rename(folder / SECOND)


TAMPERINGS: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "a bit in a file": (lambda folder: flip(folder / FIRST, 5000), {FIRST}),
    "a file shortened": (lambda folder: os.truncate(folder / SECOND, 99), {SECOND}),
    "a file removed": (lambda folder: (folder / FIRST).unlink(), {FIRST}),
    "files swapped": (swap_files, {FIRST, SECOND}),
    "a file added": (lambda folder: (folder / "p1/more").write_bytes(b"x"), {"p1/more"}),
    "a bit in the journal": (
        lambda folder: edit(folder, lambda rows: [rows[0].replace(b"first", b"forst"), *rows[1:]]),
        {f"{NAME}:2"},
    ),
    "a line dropped": (
        lambda folder: edit(folder, lambda rows: rows[:1] + rows[2:]),
        {f"{NAME}:2", f"{NAME}:3", FIRST},
    ),
    "lines swapped": (
        lambda folder: edit(folder, lambda rows: [rows[0], rows[2], rows[1], rows[3]]),
        {f"{NAME}:2", f"{NAME}:3", f"{NAME}:4"},
    ),
    "the end cut off": (lambda folder: edit(folder, lambda rows: rows[:-1]), {NAME}),
    "the last segment cut off": (
        lambda folder: edit(folder, lambda rows: rows[:2]),
        {NAME, SECOND},
    ),
    "the end torn": (
        lambda folder: edit(folder, lambda rows: [*rows[:-1], rows[-1][:-9]]),
        {NAME, f"{NAME}:4"},
    ),
    "the journal removed": (lambda folder: (folder / NAME).unlink(), {NAME}),
}


def test_a_sealed_session_is_whole(folder: Path) -> None:
    assert verify(folder) == []


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_and_placed(folder: Path, name: str) -> None:
    tamper, places = TAMPERINGS[name]
    tamper(folder)
    assert {problem.where for problem in verify(folder)} == places


def test_a_session_that_goes_on_is_whole_when_that_is_known(tmp_path: Path) -> None:
    with desk(tmp_path) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(31))))
        it.sealed(1)
        assert verify(it.folder, is_open=True) == []
        assert {problem.where for problem in verify(it.folder)} == {NAME, f"{SECOND}.part"}


def test_a_record_that_points_outside_opens_nothing(folder: Path) -> None:
    edit(folder, lambda rows: [row.replace(FIRST.encode(), b"../../etc/passwd") for row in rows])
    assert "lies outside the session" in {problem.what for problem in verify(folder)}


def run(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "recordings", "verify", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_the_command_names_the_place_and_fails(folder: Path) -> None:
    assert run(str(folder)) == (0, f"{SESSION}: whole\n")
    assert run(str(folder.parent)) == (0, f"{SESSION}: whole\n")
    flip(folder / FIRST, 5000)
    assert run(str(folder)) == (1, f"{SESSION}/{FIRST}: was changed after it was sealed\n")
    assert run(str(folder / "p1"))[0] == 2
