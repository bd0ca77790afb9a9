"""The chain: any change of any byte is found, a torn end is repaired."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings import journal
from recordings.journal import Journal
from recordings.model import Codec, GapCause, TrackKind
from recordings.records import (
    CloseMark,
    Gap,
    PauseMark,
    Record,
    RecordError,
    ResumeMark,
    Segment,
    StartMark,
    from_json,
)

RECORDS: list[Record] = [
    StartMark(at=1.5, reason="first"),
    Segment(
        participant="p1",
        track=TrackKind.CAMERA,
        index=0,
        file="p1/camera-000000.webm",
        codec=Codec.VP8,
        start=1.5,
        duration=30.0,
        frames=750,
        lost_packets=3,
        bytes=1000,
        sha256="ab" * 32,
        recovered=False,
    ),
    PauseMark(at=31.5, reason="背靠背"),
    Gap(
        participant="p1",
        track=TrackKind.CAMERA,
        start=31.5,
        end=40.0,
        cause=GapCause.PAUSED,
    ),
    ResumeMark(at=40.0, reason=""),
    CloseMark(at=50.0, reason="done"),
]


def written(folder: Path, records: list[Record]) -> Path:
    folder.mkdir(exist_ok=True)
    it = Journal(folder)
    for record in records:
        it.append(record)
    it.flush()
    it.close()
    return folder / journal.NAME


def problems(path: Path) -> list[tuple[int, str]]:
    return list(journal.chain_problems(list(journal.lines(path))))


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    path = written(tmp_path, RECORDS)
    records = journal.read(path)
    assert [type(record) for record in records] == [type(record) for record in RECORDS]
    assert [record.seq for record in records] == [1, 2, 3, 4, 5, 6]
    assert [from_json(record.as_json()) for record in records] == records
    assert not problems(path)


def test_a_journal_is_continued(tmp_path: Path) -> None:
    for record in RECORDS:
        path = written(tmp_path, [record])
    assert len(journal.read(path)) == len(RECORDS)
    assert not problems(path)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return written(tmp_path_factory.mktemp("journal"), RECORDS).read_bytes()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch") / journal.NAME


@given(st.data())
def test_any_changed_byte_but_one_of_the_last_line_breaks_the_chain(
    original: bytes, scratch: Path, data: st.DataObject
) -> None:
    # What the last line says is held by what comes after it: nothing yet.
    end = original.rstrip(b"\n").rfind(b"\n")
    at = data.draw(st.integers(0, end))
    changed = bytearray(original)
    changed[at] ^= data.draw(st.integers(1, 255))
    scratch.write_bytes(changed)
    assert problems(scratch)


@given(st.data())
def test_lines_dropped_or_moved_break_the_chain(
    original: bytes, scratch: Path, data: st.DataObject
) -> None:
    rows = original.splitlines(keepends=True)
    kept = data.draw(st.lists(st.sampled_from(rows), min_size=1, unique=True))
    scratch.write_bytes(b"".join(kept))
    assert bool(problems(scratch)) == (kept != rows[: len(kept)])


@given(cut=st.integers(0, 2000))
@settings(max_examples=60)
def test_a_torn_end_is_repaired_wherever_it_is_torn(
    original: bytes, scratch: Path, cut: int
) -> None:
    torn = original[: cut % (len(original) + 1)]
    scratch.write_bytes(torn)
    whole = len(journal.read(scratch))
    it = Journal(scratch.parent)
    it.append(CloseMark(at=60.0, reason="after"))
    it.flush()
    it.close()
    assert not problems(scratch)
    # A last line that lacks nothing but its line feed is kept.
    assert len(journal.read(scratch)) - 1 in (whole, whole + 1)
    assert scratch.read_bytes().startswith(original[: torn.rfind(b"\n") + 1])


@given(st.binary(max_size=200))
def test_hostile_bytes_are_problems_and_no_surprise(scratch: Path, data: bytes) -> None:
    scratch.write_bytes(data + b"\n")
    assert problems(scratch)
    with pytest.raises(RecordError):
        journal.read(scratch)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "unknown"},
        {"frames": "750"},
        {"frames": True},
        {"codec": "av1"},
        {"track": ["camera"]},
        {"recovered": 1},
        {"more": 1},
    ],
)
def test_a_record_with_a_wrong_field_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(RecordError):
        from_json(RECORDS[1].as_json() | change)
    with pytest.raises(RecordError):
        from_json([])
