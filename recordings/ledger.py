"""Records on their way into the journal, and the events that follow when they are there."""

from collections.abc import Callable
from pathlib import Path

from recordings import events
from recordings.durable import make_folder
from recordings.events import RecorderEvent
from recordings.journal import Journal, lines
from recordings.records import (
    CloseMark,
    ContinueMark,
    PauseMark,
    Record,
    ResumeMark,
    Segment,
    StartMark,
)


class Ledger:
    """The journal of one session, over a disk that may refuse: then records wait, in order."""

    def __init__(self, folder: Path, session: str, emit: Callable[[RecorderEvent], None]) -> None:
        self._folder = folder
        self._session = session
        self._emit = emit
        self._journal: Journal | None = None
        self._waiting: list[Record] = []
        self._untold: list[RecorderEvent] = []

    @property
    def is_open(self) -> bool:
        """Whether the journal is ours."""
        return self._journal is not None

    def open(self) -> list[Record] | None:
        """Open the journal; its earlier records the first time, None after. Raises OSError."""
        if self._journal is not None:
            return None
        make_folder(self._folder)
        self._journal = Journal(self._folder)
        return self._journal.records

    def add(self, record: Record) -> None:
        """Have a record written by the next ``drain``."""
        self._waiting.append(record)

    def drain(self) -> None:
        """Write what waits into the open journal, then tell of it. Raises OSError."""
        assert self._journal is not None
        while self._waiting:
            record = self._journal.append(self._waiting.pop(0))
            self._untold += _events(self._session, record)
        self._journal.flush()
        told, self._untold = self._untold, []
        for event in told:
            self._emit(event)

    def close(self) -> None:
        """After a last ``drain``, or giving up what waits."""
        if self._journal is not None:
            self._journal.close()


def _events(session: str, record: Record) -> list[RecorderEvent]:
    match record:
        case Segment():
            return [events.SegmentClosed(session, record)]
        case StartMark():
            return [events.Started(session)]
        case PauseMark(reason=reason):
            return [events.Paused(session, reason)]
        case ResumeMark():
            return [events.Resumed(session)]
        case CloseMark():
            return [events.Closed(session)]
        case _:
            return []


def continue_mark(earlier: Path, at: float) -> ContinueMark | None:
    """Name the end of an earlier session's journal; None where nothing was recorded then.

    Raises OSError: what is there and cannot be read is not passed over.
    """
    try:
        rows = list(lines(earlier))
    except FileNotFoundError:
        return None
    if not rows:
        return None
    return ContinueMark(at=at, session=earlier.name, lines=len(rows), sha256=rows[-1].sha256)
