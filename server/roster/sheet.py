"""The roster as a CSV file: out and in again changes nothing."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from io import StringIO

from server.storage.schema import Account, RosterEntry, new_id
from signaling.roster import DAY, EntryKind

COLUMNS = ("username", "kind", "day", "start", "end", "reason")
MOST_ROWS = 5000
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
KINDS: Mapping[str, EntryKind] = {
    "值班": EntryKind.DUTY,
    "后备": EntryKind.STANDBY,
    "请假": EntryKind.LEAVE,
}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_MARK = "\ufeff"  # tells Excel that the file is UTF-8


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the roster, checked."""

    lawyer_id: str
    kind: EntryKind
    weekday: int | None
    day: date | None
    start: int
    end: int
    reason: str

    def row(self, by: str, now: datetime) -> RosterEntry:
        """Return it as a new row, made by this account."""
        return RosterEntry(id=new_id(), made_by=by, made_at=now, **asdict(self))


class BadSheet(ValueError):
    """Rows that cannot be kept; ``problems``: a sentence for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"{len(problems)} problem(s)")
        self.problems = problems


def minutes(text: str) -> int:
    """Read HH:MM, 00:00 to 24:00; raises ValueError."""
    found = _CLOCK.fullmatch(text.strip())
    value = int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else -1
    if not 0 <= value <= DAY:
        raise ValueError("时间要写成 08:30 的样子")
    return value


def clock(minute: int) -> str:
    """Write a minute of the day as HH:MM."""
    return f"{minute // 60:02}:{minute % 60:02}"


def write(rows: Iterable[RosterEntry], usernames: Mapping[str, str]) -> str:
    """Return the file."""
    names = {kind: name for name, kind in KINDS.items()}
    lines = StringIO()
    writer = csv.writer(lines)
    writer.writerow(COLUMNS)
    for row in rows:
        day = row.day.isoformat() if row.day else WEEKDAYS[row.weekday or 0]
        cells = (names[row.kind], day, clock(row.start), clock(row.end), row.reason)
        writer.writerow((usernames.get(row.lawyer_id, ""), *cells))
    return _MARK + lines.getvalue()


def read(content: bytes, lawyers: Sequence[Account]) -> list[Line]:
    """Return the checked rows; raises BadSheet with everything that is wrong."""
    by_username = {one.username: one.id for one in lawyers}
    problems: list[str] = []
    found: list[Line] = []
    for number, cells in enumerate(_rows(content), start=2):
        try:
            found.append(_line(cells, by_username))
        except ValueError as wrong:
            problems.append(f"第 {number} 行：{wrong}")
    if problems:
        raise BadSheet(problems)
    return found


def _rows(content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
        reader = csv.DictReader(StringIO(text, newline=""), strict=True)
        rows = [{k or "": (v or "").strip() for k, v in row.items()} for row in reader]
    except (UnicodeDecodeError, csv.Error, AttributeError):
        raise BadSheet(["看不懂这个文件，请存为“CSV UTF-8”"]) from None
    missing = [name for name in COLUMNS[:5] if name not in (reader.fieldnames or ())]
    if missing:
        raise BadSheet([f"缺少这些列：{'、'.join(missing)}"])
    if len(rows) > MOST_ROWS:
        raise BadSheet([f"一次最多 {MOST_ROWS} 行"])
    return rows


def _line(cells: Mapping[str, str], lawyers: Mapping[str, str]) -> Line:
    if (lawyer := lawyers.get(cells["username"].casefold())) is None:
        raise ValueError(f"没有用户名为 {cells['username'] or '（空）'} 的律师")
    if cells["kind"] not in KINDS:
        raise ValueError(f"kind 请填 {'、'.join(KINDS)}")
    start, end = minutes(cells["start"]), minutes(cells["end"])
    if start >= end:
        raise ValueError("结束要晚于开始；跨过半夜的，请分成两行")
    weekday, day = _day(cells["day"])
    reason = cells.get("reason", "")[:100]
    if any(char < " " and char not in "\n\t" for char in reason):
        raise ValueError("reason 含有看不见的控制字符")
    return Line(lawyer, KINDS[cells["kind"]], weekday, day, start, end, reason)


def _day(cell: str) -> tuple[int | None, date | None]:
    if cell in WEEKDAYS:
        return WEEKDAYS.index(cell), None
    try:
        return None, date.fromisoformat(cell)
    except ValueError:
        raise ValueError("day 请填 周一 到 周日，或 2026-01-31 这样的日期") from None
