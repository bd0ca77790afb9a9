"""Every query of a district's texts and tables; each takes an open transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, text

from server.storage.engine import Transaction
from server.storage.migrate import LOCK
from server.storage.schema import (
    Account,
    Consent,
    Login,
    Matter,
    NoticeText,
    SecondFactor,
    Station,
    Village,
)
from signaling.rights import Role

MOST_LANGUAGES = 6
"""As many fit on a terminal's screen."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody as the admin sees them; ``seen``: when a login of theirs was last used."""

    account: Account
    station: Station | None
    codes: bool
    seen: datetime | None


@dataclass(frozen=True, slots=True)
class VillageRow:
    """A village and the station that serves it."""

    village: Village
    station: Station


async def villages_with_stations(db: Transaction) -> list[VillageRow]:
    """Return every village, by the station's code and its own."""
    query = (
        select(Village, Station)
        .join(Station, Station.id == Village.station_id)
        .order_by(Station.code, Village.code)
    )
    return [VillageRow(village, station) for village, station in await db.execute(query)]


async def consents_by_notice(db: Transaction) -> dict[str, int]:
    """Return how many consents and refusals were given under each wording."""
    query = select(Consent.notice_version, func.count()).group_by(Consent.notice_version)
    return dict((await db.execute(query)).all())


async def notice_in_force(db: Transaction, today: date) -> NoticeText | None:
    """Return the newest notice whose day has come."""
    query = (
        select(NoticeText)
        .where(NoticeText.in_force_from <= today)
        .order_by(NoticeText.in_force_from.desc(), NoticeText.version.desc())
        .limit(1)
    )
    return await db.scalar(query)


async def matters_in_order(db: Transaction) -> list[Matter]:
    """Return the kinds of dispute in the order in which they are shown."""
    return list(await db.scalars(select(Matter).order_by(Matter.position, Matter.code)))


async def languages_spoken(db: Transaction) -> list[str]:
    """Return the languages and dialects that lawyers speak beside Mandarin, the commonest first."""
    query = select(Account.languages).where(Account.active.is_(True), Account.languages != "")
    counts = Counter(word for spoken in await db.scalars(query) for word in spoken.split())
    return [word for word, _ in counts.most_common(MOST_LANGUAGES)]


async def stations_by_code(db: Transaction) -> dict[str, Station]:
    """Return every station."""
    return {one.code: one for one in await db.scalars(select(Station))}


async def villages_by_code(db: Transaction) -> dict[str, Village]:
    """Return every village."""
    return {one.code: one for one in await db.scalars(select(Village))}


async def matters_by_code(db: Transaction) -> dict[str, Matter]:
    """Return every kind of dispute."""
    return {one.code: one for one in await db.scalars(select(Matter))}


async def accounts_by_username(db: Transaction) -> dict[str, Account]:
    """Return everybody but guests."""
    everybody = select(Account).where(Account.role != Role.PARTY)
    return {one.username: one for one in await db.scalars(everybody)}


async def notices(db: Transaction) -> Sequence[NoticeText]:
    """Return every wording of the notice, the oldest first."""
    query = select(NoticeText).order_by(NoticeText.in_force_from, NoticeText.version)
    return (await db.scalars(query)).all()


async def people(db: Transaction) -> list[PersonRow]:
    """Return everybody but guests: who may sign in first, then by role and name."""
    seen = (
        select(Login.account_id, func.max(Login.used_at).label("at"))
        .group_by(Login.account_id)
        .subquery()
    )
    query = (
        select(Account, Station, SecondFactor.secret, seen.c.at)
        .outerjoin(Station, Account.station_id == Station.id)
        .outerjoin(SecondFactor, SecondFactor.account_id == Account.id)
        .outerjoin(seen, seen.c.account_id == Account.id)
        .where(Account.role != Role.PARTY)
        .order_by(Account.active.desc(), Account.role, Account.name, Account.username)
    )
    return [
        PersonRow(account, station, secret is not None, at)
        for account, station, secret, at in await db.execute(query)
    ]


async def is_empty(db: Transaction) -> bool:
    """Tell whether nobody can sign in yet: no account was ever made."""
    return not await db.scalar(select(func.count()).select_from(Account))


async def count_active_demo_accounts(db: Transaction) -> int:
    """Return how many made-up people can sign in."""
    query = select(func.count()).where(Account.demo.is_(True), Account.active.is_(True))
    return await db.scalar(query) or 0


async def one_process_at_a_time(db: Transaction) -> None:
    """Let this transaction wait for that of another process which prepares the same database."""
    if db.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        await db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
