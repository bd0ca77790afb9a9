"""Counting sessions: the database groups, from the index ``ix_session_overview`` alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from server.storage.engine import Transaction
from server.storage.schema import Session, Station
from signaling.commands import SessionKind
from signaling.session import SessionState


@dataclass(frozen=True, slots=True)
class Span:
    """Which sessions: ``since`` ≤ requested < ``until``, of one station or of all."""

    since: datetime
    until: datetime
    station: str | None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many sessions there were of a week (its Monday), station, kind and state."""

    week: date
    station: str
    kind: SessionKind
    state: SessionState
    count: int


async def counts(db: Transaction, span: Span, *, sqlite: bool) -> list[Counted]:
    """Return the sessions of a span, counted."""
    week = _week(sqlite=sqlite)
    query = (
        select(week, Session.station_id, Session.kind, Session.state, func.count())
        .where(*_within(span))
        .group_by(week, Session.station_id, Session.kind, Session.state)
    )
    return [
        Counted(_day(monday), station, kind, state, count)
        for monday, station, kind, state, count in await db.execute(query)
    ]


async def waits(db: Transaction, span: Span, *, sqlite: bool) -> dict[int, int]:
    """Return how many sessions were answered after so many seconds, to the nearest one."""
    seconds = _seconds(sqlite=sqlite)
    query = (
        select(seconds, func.count())
        .where(*_within(span), Session.accepted_at.is_not(None))
        .group_by(seconds)
    )
    return {int(after): count for after, count in await db.execute(query)}


async def now_open(db: Transaction, states: frozenset[SessionState]) -> dict[SessionState, int]:
    """Return how many sessions are in each of these states at this moment."""
    query = (
        select(Session.state, func.count()).where(Session.state.in_(states)).group_by(Session.state)
    )
    return dict((await db.execute(query)).all())


async def stations(db: Transaction) -> Sequence[Station]:
    """Return every station, by code."""
    return (await db.scalars(select(Station).order_by(Station.code))).all()


def _within(span: Span) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        Session.requested_at >= span.since,
        Session.requested_at < span.until,
    ]
    if span.station is not None:
        wanted.append(Session.station_id == span.station)
    return wanted


def _week(*, sqlite: bool) -> ColumnElement[Any]:
    """The Monday in China of the week in which the session was asked for."""
    if sqlite:
        # Whole seconds: SQLite would round the last millisecond of a Sunday into Monday.
        second = func.substr(Session.requested_at, 1, 19)
        return func.date(second, "+8 hours", "weekday 0", "-6 days")
    local = func.timezone("Asia/Shanghai", Session.requested_at)
    return func.date(func.date_trunc("week", local))


def _seconds(*, sqlite: bool) -> ColumnElement[Any]:
    if sqlite:
        days = func.julianday(Session.accepted_at) - func.julianday(Session.requested_at)
        return func.round(days * 86_400)
    return func.round(func.extract("epoch", Session.accepted_at - Session.requested_at))


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
