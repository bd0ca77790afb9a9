"""A province: a station and a mediator a terminal, lawyers, all with logins as if signed in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.accounts.tokens import digest, new_token
from server.storage.engine import Database
from server.storage.schema import Account, Login, Matter, NoticeText, Station, new_id
from signaling.rights import Role


@dataclass(frozen=True)
class Keys:
    """What a signed-in browser holds."""

    account: str
    token: str
    csrf: str


@dataclass(frozen=True)
class Crowd:
    """Everybody's keys."""

    mediators: list[Keys]
    lawyers: list[Keys]


async def make_crowd(database_url: str, terminals: int, lawyers: int) -> Crowd:
    """Fill an empty database."""
    db, now = Database(database_url), datetime.now(UTC)
    stations = [
        Station(id=new_id(), code=f"S{n:05}", name=f"第{n}工作站", town="某镇", phone="")
        for n in range(terminals)
    ]
    mediators = [_account(f"m{n}", Role.MEDIATOR, now, one.id) for n, one in enumerate(stations)]
    desks = [_account(f"l{n}", Role.LAWYER, now, None) for n in range(lawyers)]
    keys = {one.id: Keys(one.id, new_token(), new_token()) for one in [*mediators, *desks]}
    async with db.write() as write:
        write.add(Matter(code="wages", name="劳动报酬", parent_code=None, position=1))
        write.add(NoticeText(version="1", title="告知书", body="…", in_force_from=now.date()))
        write.add_all(stations)
        await write.flush()
        write.add_all([*mediators, *desks])
        await write.flush()
        write.add_all([_login(one, now) for one in keys.values()])
    await db.close()
    return Crowd([keys[one.id] for one in mediators], [keys[one.id] for one in desks])


def _account(name: str, role: Role, now: datetime, station: str | None) -> Account:
    return Account(
        id=new_id(),
        username=name,
        name=f"某{name}",
        role=role,
        password_hash="-",
        station_id=station,
        created_at=now,
    )


def _login(keys: Keys, now: datetime) -> Login:
    return Login(
        token_hash=digest(keys.token),
        account_id=keys.account,
        device_id=None,
        csrf=keys.csrf,
        created_at=now,
        expires_at=now + timedelta(hours=12),
    )
