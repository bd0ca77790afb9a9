"""What somebody searches for: the query string of a search, checked and bounded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.review.words import chunks_of, fold
from signaling.commands import SessionKind
from signaling.errors import ProtocolError, UserError

LOCAL = ZoneInfo("Asia/Shanghai")
"""Dates are days as people at the stations live them."""

PAGE_SIZE = 20
LAST_PAGE = 50
MOST = PAGE_SIZE * LAST_PAGE
"""Results beyond this many are not counted: whoever has so many narrows the search."""

_LONGEST_QUERY = 100
_MOST_CHUNKS = 8
_NAMES = frozenset({"q", "station", "lawyer", "from", "to", "kind", "matter", "recorded", "page"})
_ID = re.compile(r"[0-9a-f]{32}")
_CODE = re.compile(r"[\w.-]{1,32}")
_NUMBER = re.compile(r"[0-9]{8}-[0-9]{6}")


class NoWords(UserError):
    """Only blanks and punctuation were typed."""

    code = "no_words"
    message = "请输入至少一个汉字、字母或数字。"


class QueryTooLong(UserError):
    """More was typed than a search takes."""

    code = "query_too_long"
    message = f"搜索词太长：最多 {_LONGEST_QUERY} 个字、{_MOST_CHUNKS} 个词。"


class DatesReversed(UserError):
    """The span ends before it begins."""

    code = "dates_reversed"
    message = "开始日期晚于结束日期，请调整。"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A checked search. ``since`` is included, ``before`` is not; None means any."""

    chunks: tuple[str, ...] = ()
    number: str | None = None
    station: str | None = None
    lawyer: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    kind: SessionKind | None = None
    matter: str | None = None
    recorded: bool | None = None
    page: int = 1


def search_query(given: Mapping[str, str]) -> SearchQuery:
    """Read the parameters of ``GET /api/sessions``.

    Raises ProtocolError ``bad_query`` for what our page never sends, UserError for what people
    type.
    """
    if given.keys() - _NAMES:
        raise ProtocolError("bad_query", "unknown parameter")
    typed = given.get("q", "").strip()
    folded = fold(typed)
    number = folded if _NUMBER.fullmatch(folded) else None
    since, before = _span(given)
    return SearchQuery(
        chunks=() if number else _chunks(typed),
        number=number,
        station=_matching(given, "station", _ID),
        lawyer=_matching(given, "lawyer", _ID),
        since=since,
        before=before,
        kind=_kind(given.get("kind", "")),
        matter=_matching(given, "matter", _CODE),
        recorded=_yes_or_no(given.get("recorded", "")),
        page=_page(given.get("page", "")),
    )


def _chunks(typed: str) -> tuple[str, ...]:
    if not typed:
        return ()
    if len(typed) > _LONGEST_QUERY:
        raise QueryTooLong
    chunks = chunks_of(typed)
    if len(chunks) > _MOST_CHUNKS:
        raise QueryTooLong
    if not chunks:
        raise NoWords
    return tuple(chunks)


def _matching(given: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str | None:
    value = given.get(name, "")
    if value and not pattern.fullmatch(value):
        raise ProtocolError("bad_query", name)
    return value or None


def _span(given: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    first, last = _day(given, "from"), _day(given, "to")
    if first and last and last < first:
        raise DatesReversed
    return _midnight(first), _midnight(last + timedelta(days=1) if last else None)


def _day(given: Mapping[str, str], name: str) -> date | None:
    text = given.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ProtocolError("bad_query", name) from None
    if not 2000 <= day.year <= 2999:
        raise ProtocolError("bad_query", name)
    return day


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), LOCAL) if day else None


def _kind(text: str) -> SessionKind | None:
    if not text:
        return None
    try:
        return SessionKind(text)
    except ValueError:
        raise ProtocolError("bad_query", "kind") from None


def _yes_or_no(text: str) -> bool | None:
    if text not in ("", "yes", "no"):
        raise ProtocolError("bad_query", "recorded")
    return text == "yes" if text else None


def _page(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= LAST_PAGE):
        raise ProtocolError("bad_query", "page")
    return int(text)
