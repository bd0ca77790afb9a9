"""Two accounts count as two people only when neither was let in by the other, or both by one."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select

from server.accounts.upkeep import Upkeep
from server.audit.actions import AuditAction
from server.audit.two_people import LETS_IN, WATCHED, NotIndependent, SamePerson, check_two_people
from server.district.importing import Importer
from server.district.reading import read_content
from server.storage.schema import Account, Audit
from tests.server.accounts.test_codes import enrol
from tests.server.house import House

NEWCOMER = {
    "username": "newcomer",
    "name": "某新人",
    "role": "admin",
    "station": "",
    "firm": "",
    "licence_no": "",
    "phone": "",
}
COLUMNS = "username,name,role,station,active,firm,licence_no\n"


async def are_two(house: House, first: str, second: str) -> bool:
    """Ask either way round; the answer has to be the same."""
    answers = set()
    async with house.db.read() as db:
        ids = [
            await db.scalar(select(Account.id).where(Account.username == name)) or ""
            for name in (first, second)
        ]
        for one, other in (ids, reversed(ids)):
            try:
                await check_two_people(db, one, other, house.clock())
            except NotIndependent:
                answers.add(False)
            else:
                answers.add(True)
    (answer,) = answers
    return answer


async def imported(house: House, rows: str, actor: str | None) -> None:
    async with house.db.write() as write:
        importer = Importer(write, house.passwords, house.clock(), actor=actor)
        await importer.run(read_content("people.csv", (COLUMNS + rows).encode()))


def admin(house: House) -> str:
    return house.people["admin"].id


async def reset_password(house: House, actor: str) -> None:
    await house.upkeep.reset_password(house.people["supervisor"].id, actor)


async def reset_codes(house: House, actor: str) -> None:
    await enrol(house, "supervisor")
    await house.upkeep.reset_codes(house.people["supervisor"].id, actor)


async def enable(house: House, actor: str) -> None:
    await house.upkeep.disable(house.people["supervisor"].id, house.people["lawyer"].id)
    await house.upkeep.enable(house.people["supervisor"].id, actor)


async def enable_by_file(house: House, actor: str) -> None:
    await house.upkeep.disable(house.people["supervisor"].id, house.people["lawyer"].id)
    await imported(house, "supervisor,某督导,supervisor,,yes,,\n", actor)


async def another_role_by_file(house: House, actor: str) -> None:
    await imported(house, "supervisor,某督导,admin,,yes,,\n", actor)


Deed = Callable[[House, str], Awaitable[None]]
DEEDS = (reset_password, reset_codes, enable, enable_by_file, another_role_by_file)


async def test_one_account_is_one_person(house: House) -> None:
    async with house.db.read() as db:
        with pytest.raises(SamePerson):
            await check_two_people(db, admin(house), admin(house), house.clock())
    assert await are_two(house, "admin", "supervisor")


@pytest.mark.parametrize("deed", DEEDS)
async def test_whom_one_let_in_is_not_ones_second_person_for_a_while(
    house: House, deed: Deed
) -> None:
    await deed(house, admin(house))
    assert not await are_two(house, "admin", "supervisor")
    assert await are_two(house, "admin", "lawyer")
    assert await are_two(house, "supervisor", "lawyer")
    house.clock.now += WATCHED
    assert await are_two(house, "admin", "supervisor")


@pytest.mark.parametrize("by_file", [False, True])
async def test_nor_are_two_whom_a_third_let_in(house: House, by_file: bool) -> None:
    if by_file:
        await imported(house, "newcomer,某新人,admin,,yes,,\n", admin(house))
    else:
        await house.people_of_the_district.add(NEWCOMER, admin(house))
    assert not await are_two(house, "admin", "newcomer")
    assert await are_two(house, "supervisor", "newcomer")
    await house.upkeep.reset_password(house.people["supervisor"].id, admin(house))
    assert not await are_two(house, "supervisor", "newcomer")


async def test_nor_whoever_was_let_in_by_one_of_those(house: House) -> None:
    await house.upkeep.reset_password(house.people["supervisor"].id, admin(house))
    await house.upkeep.reset_password(house.people["lawyer"].id, house.people["supervisor"].id)
    await house.upkeep.reset_password(admin(house), house.people["lawyer"].id)  # a circle
    assert not await are_two(house, "admin", "lawyer")
    assert await are_two(house, "admin", "mediator")


async def test_whoever_has_the_machine_may_let_in_anybody(house: House) -> None:
    upkeep: Upkeep = house.upkeep
    await upkeep.rescue("admin")
    await upkeep.rescue("supervisor")
    await imported(house, "newcomer,某新人,admin,,yes,,\n", None)
    assert await are_two(house, "admin", "supervisor")
    assert await are_two(house, "admin", "newcomer")


async def test_a_file_that_changes_nobodys_access_is_noted_as_a_file(house: House) -> None:
    await imported(house, "supervisor,某改名,supervisor,,yes,,\n", admin(house))
    async with house.db.read() as db:
        noted = (await db.scalars(select(Audit.action).where(Audit.action.in_(LETS_IN)))).all()
        files = select(Audit).where(Audit.action == AuditAction.DATA_IMPORTED)
        assert len((await db.scalars(files)).all()) == 1
    assert noted == []
    assert await are_two(house, "admin", "supervisor")
