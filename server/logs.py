"""Logs as JSON lines: moment, level, static event name, and the ids given as ``extra``.

An exception's text may hold what people said: of an exception only kind and places are written.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

OURS = ("yuntiao", "server", "recordings")
_ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _ORDINARY}
        if record.exc_info and record.exc_info[1] is not None:
            line |= exception_details(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def exception_details(error: BaseException) -> dict[str, Any]:
    """Return an exception's kind and where it came through, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename}:{frame.lineno}:{frame.name}" for frame in frames]
    return {"error_kind": type(error).__name__, "where": where}


def configure(level: int = logging.INFO) -> None:
    """Send logs to standard error as JSON lines: ours from ``level`` on, libraries' warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
