"""A recording that goes on with one of an earlier day names the end of its journal."""

import json
from pathlib import Path

import pytest

from recordings.__main__ import main
from recordings.journal import NAME, lines
from recordings.model import Codec
from recordings.recorder import Recorder
from recordings.records import CloseMark, ContinueMark, StartMark
from recordings.verify import verify
from tests.recordings import media
from tests.recordings.desk import desk

EARLIER, LATER = "a" * 32, "b" * 32


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two sealed sessions, the later one going on with the earlier."""
    with desk(tmp_path) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(1))))
        it.close()
        it.folder.rename(tmp_path / EARLIER)
    record(tmp_path, LATER, EARLIER)
    return tmp_path


def record(root: Path, session: str, continues: str | None) -> None:
    recorder = Recorder(root, lambda _: None)
    recorder.open_session(session, continues).close("over")
    recorder.close()


def test_the_new_journal_names_the_head_of_the_one_before(archive: Path) -> None:
    rows = list(lines(archive / EARLIER))
    mark = next(lines(archive / LATER)).record
    assert isinstance(mark, ContinueMark)
    assert (mark.session, mark.lines, mark.sha256) == (EARLIER, len(rows), rows[-1].sha256)
    assert verify(archive / LATER) == []
    assert main(["verify", str(archive)]) == 0


def test_a_change_to_the_earlier_recording_is_found_from_the_later(archive: Path) -> None:
    path = archive / EARLIER / NAME
    *rows, last = path.read_bytes().splitlines(keepends=True)
    assert b"closed" in last
    path.write_bytes(b"".join(rows) + last.replace(b'"reason":"', b'"reason":"x'))
    assert [problem.where for problem in verify(archive / LATER)] == [f"{NAME}:1"]


def test_lines_that_came_later_are_no_change(archive: Path) -> None:
    path = archive / EARLIER / NAME
    with path.open("ab") as file:
        file.write(b"{}\n")
    assert verify(archive / LATER) == []


def test_an_archive_without_the_earlier_one_is_not_whole(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (archive / EARLIER).rename(archive.parent / "elsewhere")
    assert verify(archive / LATER) == [], "alone it can be no more than itself"
    assert main(["verify", str(archive)]) == 1
    assert f"continues {EARLIER}, which is missing" in capsys.readouterr().out


def test_what_was_not_recorded_then_is_not_named(tmp_path: Path) -> None:
    record(tmp_path, LATER, EARLIER)
    assert [type(row.record) for row in lines(tmp_path / LATER)] == [CloseMark]


def test_a_restart_names_it_once(archive: Path) -> None:
    path = archive / LATER / NAME
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    record(archive, LATER, EARLIER)
    kinds = [type(row.record) for row in lines(archive / LATER)]
    assert kinds == [ContinueMark, CloseMark]
    assert StartMark not in kinds


def test_a_name_that_leads_out_of_the_archive_is_no_record(archive: Path) -> None:
    path = archive / LATER / NAME
    first, *rest = path.read_bytes().splitlines()
    body = json.loads(first) | {"session": "../elsewhere"}
    path.write_bytes(b"\n".join([json.dumps(body).encode(), *rest, b""]))
    assert any("session is wrong" in problem.what for problem in verify(archive / LATER))
