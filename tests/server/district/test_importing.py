"""Imports: all or nothing, twice the same, and what start-up does with them."""

import asyncio
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from server.accounts.passwords import Passwords
from server.district.greeting import ROLE_NAMES, greeting
from server.district.importing import Importer, ImportRefused, Outcome
from server.district.reading import read
from server.district.start import (
    DEMO,
    DEMO_ACCOUNTS,
    DemoInProduction,
    greeting_facts,
    prepare,
    read_accounts,
)
from server.settings import Settings, load
from server.storage.engine import Database
from server.storage.schema import Account, Audit, Matter, NoticeText, Station, Village
from signaling.rights import Role
from tests.server.house import CHEAP

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
PEOPLE = "username,name,role,station,firm,licence_no,active\n"


def clock() -> datetime:
    return NOW


async def run(db: Database, path: Path) -> Outcome:
    async with db.write() as write:
        return await Importer(write, Passwords(CHEAP), NOW).run(read(path))


async def refused(db: Database, path: Path) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        await run(db, path)
    return [f"{one.file}:{one.line}:{one.column}" for one in caught.value.problems]


async def count(db: Database, table: type) -> int:
    async with db.read() as read_only:
        return await read_only.scalar(select(func.count()).select_from(table)) or 0


def files(folder: Path, **contents: str) -> Path:
    for name, content in contents.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return folder


async def test_demo_district_and_again(migrated: Database) -> None:
    first = await run(migrated, DEMO)
    assert first.counts["villages.csv"] == (376, 0)
    assert len(first.accounts) == 21
    second = await run(migrated, DEMO)
    assert set(second.counts.values()) == {(0, 0)}
    assert second.accounts == []
    assert await count(migrated, Village) == 376


async def test_new_passwords_work(migrated: Database) -> None:
    outcome = await run(migrated, DEMO)
    async with migrated.read() as read_only:
        for made in outcome.accounts[:3]:
            account = await read_only.scalar(
                select(Account).where(Account.username == made.username)
            )
            assert account is not None
            assert await Passwords(CHEAP).check(made.password, account.password_hash)


async def test_changes_are_written_and_counted(migrated: Database, tmp_path: Path) -> None:
    head = "code,name,town\n"
    await run(migrated, files(tmp_path, stations=f"{head}S1,旧名,镇\nS2,二站,镇\n"))
    outcome = await run(migrated, files(tmp_path, stations=f"{head}S1,新名,镇\nS2,二站,镇\n"))
    assert outcome.counts == {"stations.csv": (0, 1)}
    async with migrated.read() as read_only:
        assert await read_only.scalar(select(Station.name).where(Station.code == "S1")) == "新名"


async def test_one_bad_row_and_nothing_is_written(migrated: Database, tmp_path: Path) -> None:
    stations = "code,name,town\nS1,站,镇\nS2,站,镇\n"
    people = f"{PEOPLE}a,甲,admin,,,,\nb,乙,boss,,,,\n"
    assert await refused(migrated, files(tmp_path, stations=stations, people=people)) == [
        "people.csv:3:role"
    ]
    assert await count(migrated, Station) == await count(migrated, Account) == 0
    assert await count(migrated, Audit) == 0


async def test_rows_must_fit_each_other(migrated: Database, tmp_path: Path) -> None:
    folder = files(
        tmp_path,
        stations="code,name,town\nS1,站,镇\n",
        villages="code,station,name\nV1,S1,村\nV2,S9,村\n",
        matters="code,name,parent\n1,甲,\n2,乙,9\n3,丙,3\n",
        people=(
            f"{PEOPLE}a,甲,mediator,,,,\nb,乙,mediator,S9,,,\nc,丙,lawyer,,,1,\nd,丁,lawyer,,所,,\n"
        ),
    )
    assert await refused(migrated, folder) == [
        "villages.csv:3:station",
        "matters.csv:3:parent",
        "matters.csv:4:parent",
        "people.csv:2:station",
        "people.csv:3:station",
        "people.csv:4:firm",
        "people.csv:5:licence_no",
    ]


async def test_station_may_be_in_the_database_already(migrated: Database, tmp_path: Path) -> None:
    await run(migrated, files(tmp_path, stations="code,name,town\nS1,站,镇\n"))
    (tmp_path / "stations.csv").unlink()
    outcome = await run(migrated, files(tmp_path, villages="code,station,name\nV1,S1,村\n"))
    assert outcome.counts == {"villages.csv": (1, 0)}


async def test_matter_may_come_before_its_parent(migrated: Database, tmp_path: Path) -> None:
    await run(migrated, files(tmp_path, matters="code,name,parent\n2,乙,1\n1,甲,\n"))
    async with migrated.read() as read_only:
        assert (await read_only.get_one(Matter, "2")).parent_code == "1"


async def test_a_notice_in_use_keeps_its_words(migrated: Database, tmp_path: Path) -> None:
    head = "version,title,body,in_force_from\n"
    await run(migrated, files(tmp_path, notices=f"{head}1,题,文,2026-01-01\n"))
    changed = files(tmp_path, notices=f"{head}1,题,改,2026-01-01\n")
    assert await refused(migrated, changed) == ["notices.csv:2:version"]
    async with migrated.read() as read_only:
        assert (await read_only.get_one(NoticeText, "1")).body == "文"


async def test_somebody_is_switched_off_and_keeps_the_password(
    migrated: Database, tmp_path: Path
) -> None:
    await run(migrated, files(tmp_path, people=f"{PEOPLE}A.Min,甲,admin,,,,\n"))
    async with migrated.read() as read_only:
        before = await read_only.scalar(select(Account.password_hash))
    await run(migrated, files(tmp_path, people=f"{PEOPLE}a.min,甲,admin,,,,no\n"))
    async with migrated.read() as read_only:
        (account,) = (await read_only.scalars(select(Account))).all()
    assert (account.username, account.active, account.password_hash) == ("a.min", False, before)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return load({"YUNTIAO_DATA": str(tmp_path / "data"), "YUNTIAO_DATABASE_URL": database_url})


@pytest.fixture
def production(tmp_path: Path, database_url: str) -> Settings:
    return load(
        {
            "YUNTIAO_MODE": "production",
            "YUNTIAO_DATA": str(tmp_path / "data"),
            "YUNTIAO_DATABASE_URL": database_url,
        }
    )


async def test_first_start_makes_the_demo_district_once(settings: Settings) -> None:
    await asyncio.gather(*(prepare(settings, clock) for _ in range(3)))
    await prepare(settings, clock)
    kept = settings.data / DEMO_ACCOUNTS
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.data.stat().st_mode) == 0o700
    accounts = read_accounts(kept)
    assert len(accounts) == 21
    db = Database(settings.database_url)
    assert await count(db, Account) == 21
    async with db.read() as read_only:
        lawyer = await read_only.scalar(select(Account).where(Account.username == "lawyer1"))
    assert lawyer is not None
    assert lawyer.demo
    password = next(one.password for one in accounts if one.username == "lawyer1")
    assert await Passwords(CHEAP).check(password, lawyer.password_hash)
    await db.close()


async def test_greeting_has_addresses_accounts_and_a_terminal_code(settings: Settings) -> None:
    await prepare(settings, clock)
    accounts, code = await greeting_facts(settings, clock)
    page = greeting(settings, accounts, code)
    assert code is not None
    assert f"{settings.origins[0]}/terminal?code={code}" in page
    for one in accounts:
        assert one.username in page
        assert one.password in page


async def test_production_has_no_demo(production: Settings) -> None:
    await prepare(production, clock)
    assert await greeting_facts(production, clock) == ((), None)
    db = Database(production.database_url)
    assert await count(db, Account) == 0
    await db.close()


async def test_production_refuses_demo_accounts(settings: Settings, production: Settings) -> None:
    await prepare(settings, clock)
    with pytest.raises(DemoInProduction, match="21 active demo accounts"):
        await prepare(production, clock)
    db = Database(settings.database_url)
    async with db.write() as write:
        await write.execute(update(Account).values(active=False))
    await db.close()
    await prepare(production, clock)


def test_roles_are_named_in_the_greeting() -> None:
    assert set(ROLE_NAMES) == set(Role) - {Role.PARTY}
