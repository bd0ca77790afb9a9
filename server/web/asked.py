"""What the address of a request names: ids in its path; ids, days, moments in its query."""

import re
from datetime import date

from aiohttp import web

from signaling.errors import NotFound, ProtocolError

_ID = re.compile(r"[0-9a-f]{32}")
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?", re.ASCII)
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)


def id_in_path(request: web.Request, name: str) -> str:
    """Return an id of ours from the path; NotFound for anything else."""
    value = request.match_info[name]
    if not _ID.fullmatch(value):
        raise NotFound
    return value


def id_in_query(request: web.Request, name: str) -> str | None:
    """Return an id of ours from the query, None without; ProtocolError ``bad_query``."""
    value = request.query.get(name, "")
    if value and not _ID.fullmatch(value):
        raise ProtocolError("bad_query", name)
    return value or None


def day_in_query(request: web.Request, name: str) -> date | None:
    """Return a day (YYYY-MM-DD) of this century, None without; ProtocolError ``bad_query``."""
    text = request.query.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ProtocolError("bad_query", name) from None
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise ProtocolError("bad_query", name)
    return day


def seconds_in_query(request: web.Request, name: str) -> float | None:
    """Return seconds since something began, None without; ProtocolError ``bad_query``."""
    text = request.query.get(name, "")
    if not text:
        return None
    if not _SECONDS.fullmatch(text):
        raise ProtocolError("bad_query", name)
    return float(text)
