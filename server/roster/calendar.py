"""iCalendar (RFC 5545): writing shifts, and reading plain events.

Written are UTC moments, so that no time zone has to travel with them. Read are VEVENTs with a
beginning and an end or a duration-less whole day; repeating ones are refused, not guessed at.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

LONGEST_LINE = 75
MOST_EVENTS = 2000
YEARS = range(2000, 2100)
"""Nobody is on duty before or after; and at the ends of time, days cannot be counted any more."""
_ESCAPES = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"))


class BadCalendar(ValueError):
    """It cannot be read; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event; ``uid`` stays the same when it is written again."""

    uid: str
    begins: datetime
    ends: datetime
    summary: str
    place: str = ""


def write(events: Iterable[CalendarEvent], stamp: datetime, name: str) -> str:
    """Return a calendar: CRLF lines of at most 75 octets (RFC 5545, 3.1)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//yuntiao//roster//ZH"]
    lines += ["CALSCALE:GREGORIAN", f"X-WR-CALNAME:{_escape(name)}"]
    for one in events:
        lines += ["BEGIN:VEVENT", f"UID:{one.uid}", f"DTSTAMP:{_utc(stamp)}"]
        lines += [f"DTSTART:{_utc(one.begins)}", f"DTEND:{_utc(one.ends)}"]
        lines.append(f"SUMMARY:{_escape(one.summary)}")
        if one.place:
            lines.append(f"LOCATION:{_escape(one.place)}")
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(f"{piece}\r\n" for line in lines for piece in _fold(line))


def read(text: str, zone: tzinfo) -> list[CalendarEvent]:
    """Return the events; times without a zone, and those of any named zone, are in ``zone``.

    Raises BadCalendar.
    """
    found: list[CalendarEvent] = []
    for fields in _events(_unfolded(text)):
        if len(found) >= MOST_EVENTS:
            raise BadCalendar(f"日程太多，一次最多 {MOST_EVENTS} 个")
        found.append(_event(fields, zone))
    return found


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escape(text: str) -> str:
    for plain, written in _ESCAPES:
        text = text.replace(plain, written)
    return text


def _unescape(text: str) -> str:
    plain = {"\\": "\\", ";": ";", ",": ",", "n": "\n", "N": "\n"}
    parts, rest = [], iter(text)
    for char in rest:
        parts.append(plain.get(following := next(rest, ""), following) if char == "\\" else char)
    return "".join(parts)


def _fold(line: str) -> Iterator[str]:
    """Cut a line into pieces of at most 75 octets, never inside a character."""
    piece, size = "", 0
    for char in line:
        octets = len(char.encode())
        if size + octets > LONGEST_LINE:
            yield piece
            piece, size = " ", 1
        piece, size = piece + char, size + octets
    yield piece


def _unfolded(text: str) -> list[str]:
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line[:1] in (" ", "\t") and lines:
            lines[-1] += line[1:]
        elif line:
            lines.append(line)
    if not lines or lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise BadCalendar("这不是日历文件（.ics）")
    return lines


def _events(lines: Sequence[str]) -> Iterator[Mapping[str, tuple[str, str]]]:
    """Give each VEVENT's properties: name → (parameters, value); the first of each counts."""
    inside: dict[str, tuple[str, str]] | None = None
    for line in lines:
        name, _, value = line.partition(":")
        name, _, parameters = name.partition(";")
        name = name.upper()
        if (name, value.upper()) == ("BEGIN", "VEVENT"):
            inside = {}
        elif (name, value.upper()) == ("END", "VEVENT") and inside is not None:
            yield inside
            inside = None
        elif inside is not None:
            inside.setdefault(name, (parameters.upper(), value))


def _event(fields: Mapping[str, tuple[str, str]], zone: tzinfo) -> CalendarEvent:
    if "RRULE" in fields or "RDATE" in fields:
        raise BadCalendar("有重复的日程，请先在日历软件里展开成单次日程再导出")
    if "DTSTART" not in fields:
        raise BadCalendar("有一个日程没有开始时间")
    begins, whole_day = _moment(*fields["DTSTART"], zone)
    if "DTEND" in fields:
        ends, _ = _moment(*fields["DTEND"], zone)
    elif whole_day:
        ends = begins + timedelta(days=1)
    else:
        raise BadCalendar("有一个日程没有结束时间")
    if ends <= begins:
        raise BadCalendar("有一个日程的结束时间不晚于开始时间")
    return CalendarEvent(
        uid=fields.get("UID", ("", ""))[1][:200],
        begins=begins,
        ends=ends,
        summary=_unescape(fields.get("SUMMARY", ("", ""))[1])[:200],
        place=_unescape(fields.get("LOCATION", ("", ""))[1])[:200],
    )


def _moment(parameters: str, value: str, zone: tzinfo) -> tuple[datetime, bool]:
    """Return the moment, and whether it names a whole day."""
    try:
        moment, whole_day = _parsed(parameters, value, zone)
    except ValueError:
        raise BadCalendar(f"看不懂的时间：{value[:20]}") from None
    if moment.year not in YEARS:
        raise BadCalendar(f"日期不在 {YEARS[0]} 到 {YEARS[-1]} 年之间：{value[:20]}")
    return moment, whole_day


def _parsed(parameters: str, value: str, zone: tzinfo) -> tuple[datetime, bool]:
    if "VALUE=DATE" in parameters.split(";") or len(value) == 8:
        return datetime.strptime(value, "%Y%m%d").replace(tzinfo=zone), True
    if value.endswith(("Z", "z")):
        return datetime.strptime(value[:-1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC), False
    return datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=zone), False
