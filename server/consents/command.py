"""``python -m server consents``: every recorded second and the consent that covers it."""

import sys

from server.consents.report import Report, report_of, reports_apart
from server.settings import Settings
from server.storage.engine import Database
from signaling.consent import STOPPING_S, Covered


async def show_consents(settings: Settings, number: str) -> int:
    """Print the report; 1: somebody was recorded without consent, or there is no such session."""
    db = Database(settings.database_url)
    try:
        async with db.read() as read:
            report = await report_of(read, number)
            apart = await reports_apart(read, settings.recordings, number)
    finally:
        await db.close()
    if report is None:
        print(f"There is no session {number}.", file=sys.stderr)
        return 1
    every = [report, *apart]
    for line in (line for one in every for line in lines(one)):
        print(line)
    return 1 if any(one.uncovered for one in every) else 0


def lines(report: Report) -> list[str]:
    """Return the report, a line for each person and span."""
    seconds = sum(span.end - span.start for span in report.recorded)
    spans = f"{seconds:.1f} s recorded in {len(report.recorded)} span(s)"
    said = [f"{report.what} {report.number}: {spans}"]
    said += [_line(report, one) for one in report.covered]
    if report.uncovered:
        said.append(f"NOT COVERED: {len(report.uncovered)} span(s)")
    elif report.recorded:
        said.append(
            f"every recorded second is covered (a withdrawal counts {STOPPING_S:g} s after it)"
        )
    return said


def _line(report: Report, one: Covered) -> str:
    begin, end = one.span.start - report.begin, one.span.end - report.begin
    who = f"{begin:9.1f} .. {end:9.1f} s  {report.names.get(one.who, one.who)}"
    consent = report.consents[one.answer.id] if one.answer else None
    if consent is None:
        return f"{who}  NO CONSENT"
    spoken = f" at {consent.media_seconds:g} s" if consent.media_seconds is not None else ""
    guardian = f" by guardian {consent.guardian}" if consent.guardian else ""
    wording = f"{consent.how.value}{spoken}{guardian}, wording {consent.wording}"
    return f"{who}  {wording}, {consent.at.isoformat(timespec='seconds')}"
