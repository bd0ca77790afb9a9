"""iCalendar: what we write we read; what others write simply we read; the rest is refused."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.roster.calendar import BadCalendar, CalendarEvent, read, write

ZONE = ZoneInfo("Asia/Shanghai")
NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=120)


@given(texts, texts, st.integers(1, 10_000))
def test_what_is_written_is_read_again(summary: str, place: str, minutes: int) -> None:
    event = CalendarEvent("1@x", NINE, NINE + timedelta(minutes=minutes), summary, place)
    text = write([event], NINE, "值班表")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert read(text, ZONE) == [event]


OUTSIDE = """BEGIN:VCALENDAR\r
VERSION:2.0\r
BEGIN:VTIMEZONE\r
TZID:China Standard Time\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
DTSTART;TZID=China Standard Time:20261123T090000\r
DTEND;TZID=China Standard Time:20261123T170000\r
SUMMARY:值班 林知\r
 远\\, 上午\r
BEGIN:VALARM\r
TRIGGER:-PT15M\r
END:VALARM\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20261124\r
SUMMARY:值班 苏文清\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_plain_events_of_others() -> None:
    first, second = read(OUTSIDE, ZONE)
    assert (first.begins, first.ends) == (NINE, NINE + timedelta(hours=8))
    assert first.summary == "值班 林知远, 上午"
    assert second.begins == datetime(2026, 11, 24, tzinfo=ZONE)
    assert second.ends - second.begins == timedelta(days=1)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "username,kind",
        OUTSIDE.replace("SUMMARY:值班 苏", "RRULE:FREQ=DAILY\r\nSUMMARY:值班 苏"),
        OUTSIDE.replace("20261123T170000", "20261123T080000"),
        OUTSIDE.replace("20261123T090000", "soon"),
        OUTSIDE.replace("DTSTART;VALUE=DATE:20261124\r\n", ""),
        OUTSIDE.replace("20261124", "99991231"),
        OUTSIDE.replace("20261123T170000", "99991231T235959"),
        OUTSIDE.replace("20261124", "00010101"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(BadCalendar) as refused:
        read(wrong, ZONE)
    assert any("\u4e00" <= char <= "\u9fff" for char in str(refused.value))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (text, f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{text}\nEND:VEVENT"):
        try:
            read(candidate, ZONE)
        except BadCalendar:
            continue
