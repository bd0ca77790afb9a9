"""Logs as JSON lines: moment, level, static event name, and the ids given as ``extra``.

Whatever runs within ``tracing`` has its ids on every line: the request (or the command) and the
session. A request keeps its id on its way to the relay.

An exception's text may hold what people said: of an exception only kind and places are written.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

OURS = ("yuntiao", "server", "recordings")
_ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


REQUEST_HEADER = "X-Request-Id"
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_NOTHING: Mapping[str, str] = MappingProxyType({})
_TRACE: ContextVar[Mapping[str, str]] = ContextVar("trace", default=_NOTHING)


@contextmanager
def tracing(**ids: str) -> Iterator[None]:
    """Put these ids on every line that is written within; empty ones are left out."""
    token = _TRACE.set({**_TRACE.get(), **{name: value for name, value in ids.items() if value}})
    try:
        yield
    finally:
        _TRACE.reset(token)


def request_id() -> str:
    """Return the id of what runs now; empty outside any request."""
    return _TRACE.get().get("request_id", "")


def usable_id(given: object) -> str:
    """Return an id that somebody else chose if it is one of ours in form, else nothing."""
    return given if isinstance(given, str) and _GIVEN_ID.fullmatch(given) else ""


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
        line |= _TRACE.get()
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
