"""Questions put together once: the same rows on both databases, with the types of the columns."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from server.storage.engine import Database
from server.storage.quick import Question, among, given
from server.storage.schema import Account, DoneCommand
from signaling.rights import Role

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

_BY_NAME: Question[Account] = Question(
    select(Account.__table__).where(Account.username == given("name"))
)
_OF_ROLES: Question[Any] = Question(
    select(Account.username)
    .where(among(Account.role, {Role.ADMIN, Role.LAWYER}), Account.created_at <= given("until"))
    .order_by(Account.username)
    .limit(2)
)
_ANSWERS: Question[Any] = Question(select(DoneCommand.answer))


def _account(name: str, role: Role) -> Account:
    return Account(username=name, name=f"某{name}", role=role, password_hash="-", created_at=NOW)


async def test_rows_read_like_the_entity(migrated: Database) -> None:
    async with migrated.write() as write:
        write.add(_account("a", Role.LAWYER))
    async with migrated.read() as read:
        row = await _BY_NAME.first(read, name="a")
        entity = (await read.scalars(select(Account))).one()
        assert await _BY_NAME.first(read, name="b") is None
    assert row is not None
    names = [column.key for column in Account.__table__.columns]
    assert [getattr(row, one) for one in names] == [getattr(entity, one) for one in names]
    assert (row.role, row.created_at, row.active) == (Role.LAWYER, NOW, True)


async def test_constants_and_what_is_given_are_told_apart(migrated: Database) -> None:
    async with migrated.write() as write:
        write.add_all([_account("a", Role.LAWYER), _account("m", Role.MEDIATOR)])
        write.add_all([_account(name, Role.ADMIN) for name in "bc"])
    async with migrated.read() as read:
        assert [row.username for row in await _OF_ROLES.all(read, until=NOW)] == ["a", "b"]
        assert await _OF_ROLES.all(read, until=NOW.replace(year=2025)) == []


async def test_what_was_just_added_is_seen_in_its_own_transaction(migrated: Database) -> None:
    async with migrated.write() as write:
        write.add(_account("a", Role.LAWYER))
        assert await _BY_NAME.first(write, name="a") is not None


async def test_a_document_is_read_as_one(migrated: Database) -> None:
    answer = {"session": "s", "名": [1, None]}
    async with migrated.write() as write:
        account = _account("a", Role.LAWYER)
        write.add(account)
        await write.flush()
        done = {"actor_id": account.id, "type": "t", "answer": answer, "at": NOW}
        write.add(DoneCommand(id="c", **done))
    async with migrated.read() as read:
        (row,) = await _ANSWERS.all(read)
    assert row.answer == answer
