"""What closing a session costs, beyond the hash that ran along while its files were written.

An hour of two people, 480 segments of 30 s and 200 statements (advice, consents, the log): the
facts are chained, then both chains and the list of segments are signed. CPU time of the process;
waiting for the disk is not in it.
"""

import tempfile
import time
from pathlib import Path
from statistics import median

from recordings import facts
from recordings.facts import FactKind, Statement
from recordings.journal import Journal
from recordings.keys import SigningKey, signing_key
from recordings.manifest import seal
from recordings.model import Codec, TrackKind
from recordings.records import CloseMark, Segment, StartMark

_PEOPLE, _SEGMENTS, _SEGMENT_S, _STATEMENTS, _TURNS = 2, 120, 30.0, 200, 5
_TRACKS = ((TrackKind.CAMERA, Codec.VP8), (TrackKind.MICROPHONE, Codec.OPUS))
_START = 1_790_000_000.0


async def run() -> list[tuple[str, float, str]]:
    """The median of some sessions."""
    with tempfile.TemporaryDirectory(prefix="yuntiao-bench-") as folder:
        root = Path(folder)
        key = signing_key(root / "keys")
        turns = [_sealed(root / f"{number:032x}", key) for number in range(_TURNS)]
    return [("seal.hour_cpu_s", median(turns), "s")]


def _sealed(folder: Path, key: SigningKey) -> float:
    folder.mkdir()
    _record(folder)
    statements = [_statement(number) for number in range(_STATEMENTS)]
    began = time.process_time()
    facts.chain(folder, statements)
    assert seal(folder, key, _START + 3700) is not None
    return time.process_time() - began


def _record(folder: Path) -> None:
    journal = Journal(folder)
    journal.append(StartMark(at=_START, reason="first frame"))
    for index in range(_SEGMENTS):
        for person in range(_PEOPLE):
            for track, codec in _TRACKS:
                journal.append(_segment(f"{person:032x}", track, codec, index))
    journal.append(CloseMark(at=_START + 3600, reason="done"))
    journal.flush()
    journal.close()


def _segment(person: str, track: TrackKind, codec: Codec, index: int) -> Segment:
    return Segment(
        participant=person,
        track=track,
        index=index,
        file=f"{person}/{track.value}-{index:06d}.webm",
        codec=codec,
        start=_START + index * _SEGMENT_S,
        duration=_SEGMENT_S,
        frames=900,
        lost_packets=0,
        bytes=4_900_000,
        sha256="0" * 64,
        recovered=False,
    )


def _statement(number: int) -> Statement:
    content = {"number": number, "text": "先申请宅基地确权，确权前双方保持现状。" * 5}
    return Statement(FactKind.ADVICE, f"{number:032x}", _START + 15.0 * number, content)
