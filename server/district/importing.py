"""Writing a checked batch into the database: all of it or nothing."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.accounts.passwords import Passwords
from server.accounts.tokens import new_password
from server.audit import log as audit
from server.audit.actions import AuditAction
from server.district import repository
from server.district.columns import FILES
from server.district.exporting import cell, cells_of
from server.district.reading import Batch, Problem, Row
from server.storage.engine import Transaction
from server.storage.schema import Account, Matter, NoticeText, Station, Village, new_id
from signaling.rights import Role


class ImportRefused(Exception):
    """Nothing was written; ``problems`` says why, row by row."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problem(s)")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that was made, with its first password: the only time it can be read."""

    username: str
    password: str
    role: Role
    name: str
    station: str


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is new or says something else; ``columns``: what it said, what it says now."""

    line: int
    key: str
    new: bool
    columns: Mapping[str, tuple[str, str]]


@dataclass(slots=True)
class Outcome:
    """What an import did: rows ``(added, changed)`` by file, and the accounts it made."""

    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    accounts: list[NewAccount] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def count(self, file: str, *, added: bool, changed: bool) -> None:
        """Count a row."""
        before = self.counts.get(file, (0, 0))
        self.counts[file] = (before[0] + added, before[1] + (changed and not added))


class Importer:
    """One import. ``demo`` marks the accounts it makes.

    Without ``passwords`` it is a rehearsal, whose transaction must be rolled back.
    """

    def __init__(
        self,
        write: Transaction,
        passwords: Passwords | None,
        now: datetime,
        *,
        demo: bool = False,
        actor: str | None = None,
    ) -> None:
        self._write = write
        self._passwords = passwords
        self._now = now
        self._demo = demo
        self._actor = actor
        self._stations: dict[str, Station] = {}
        self._matters: set[str] = set()
        self._problems: list[Problem] = []
        self._outcome = Outcome()

    async def run(self, batch: Batch) -> Outcome:
        """Write the batch and note that in the audit log; raises ImportRefused."""
        outcome = await self.write(batch)
        counts = {file: added + changed for file, (added, changed) in outcome.counts.items()}
        action = AuditAction.DATA_IMPORTED
        audit.append(self._write, action, self._now, self._actor, detail=counts)
        return outcome

    async def write(self, batch: Batch) -> Outcome:
        """Write the batch; raises ImportRefused, and the caller's transaction then rolls back."""
        self._problems.extend(batch.problems)
        await self._write_stations(batch.of("stations.csv"))
        await self._write_villages(batch.of("villages.csv"))
        await self._write_matters(batch.of("matters.csv"))
        await self._write_notices(batch.of("notices.csv"))
        await self._write_people(batch.of("people.csv"))
        if self._problems:
            raise ImportRefused(self._problems)
        await self._write.flush()
        return self._outcome

    async def _write_stations(self, rows: Sequence[Row]) -> None:
        self._stations = await repository.stations_by_code(self._write)
        for row in rows:
            known = self._stations.get(row.values["code"])
            station = self._put("stations.csv", row, Station, known, row.values)
            self._stations[row.values["code"]] = station
        await self._write.flush()  # gives the new ones their ids

    async def _write_villages(self, rows: Sequence[Row]) -> None:
        known = await repository.villages_by_code(self._write)
        for row in rows:
            if station := self._station("villages.csv", row):
                values = {
                    "code": row.values["code"],
                    "name": row.values["name"],
                    "station_id": station.id,
                }
                self._put("villages.csv", row, Village, known.get(row.values["code"]), values)

    async def _write_matters(self, rows: Sequence[Row]) -> None:
        known = await repository.matters_by_code(self._write)
        codes = known.keys() | {row.values["code"] for row in rows}
        for row in rows:
            code, parent = row.values["code"], row.values["parent"]
            if parent and (parent == code or parent not in codes):
                self._refuse("matters.csv", row, "parent", f"没有编号为 {parent} 的上级类型")
            values = {name: value for name, value in row.values.items() if name != "parent"}
            known[code] = self._put("matters.csv", row, Matter, known.get(code), values)
        if self._problems:
            return
        await self._write.flush()  # a parent must be there before its children name it
        for row in rows:
            known[row.values["code"]].parent_code = row.values["parent"] or None

    async def _write_notices(self, rows: Sequence[Row]) -> None:
        for row in rows:
            known = await self._write.get(NoticeText, row.values["version"])
            if known is not None and _differs(known, row.values):
                why = "这个版本已经存在；文本一经使用不能修改，请换一个新的版本号"
                self._refuse("notices.csv", row, "version", why)
                continue
            self._put("notices.csv", row, NoticeText, known, row.values)

    async def _write_people(self, rows: Sequence[Row]) -> None:
        known = await repository.accounts_by_username(self._write)
        self._matters = set(await repository.matters_by_code(self._write))
        for row in rows:
            station = self._station("people.csv", row) if row.values["station"] else None
            person = known.get(row.values["username"])
            if self._person_fits(row, person):
                await self._put_person(row, person, station)

    def _person_fits(self, row: Row, known: Account | None) -> bool:
        if known is not None and known.id == self._actor and _loses_power(known, row):
            self._refuse("people.csv", row, "username", "不能停用自己的账号或改变自己的角色")
        elif row.values["role"] is Role.MEDIATOR and not row.values["station"]:
            self._refuse("people.csv", row, "station", "调解员必须写明所在工作站")
        elif row.values["role"] is Role.LAWYER and not row.values["firm"]:
            self._refuse("people.csv", row, "firm", "律师必须写明律师事务所")
        elif row.values["role"] is Role.LAWYER and not row.values["licence_no"]:
            self._refuse("people.csv", row, "licence_no", "律师必须写明执业证号")
        elif unknown := sorted(set(row.values["matters"].split()) - self._matters):
            self._refuse("people.csv", row, "matters", f"没有编号为 {unknown[0]} 的纠纷类型")
        else:
            return True
        return False

    async def _put_person(self, row: Row, known: Account | None, station: Station | None) -> None:
        values = {name: value for name, value in row.values.items() if name != "station"}
        values["station_id"] = station.id if station else None
        if known is None:
            password = new_password()
            values["id"] = new_id()
            values["password_hash"] = await self._hash(password)
            values["created_at"] = self._now
            values["demo"] = self._demo
            values["first_password"] = not self._demo
            place = station.name if station else ""
            self._outcome.accounts.append(
                NewAccount(values["username"], password, values["role"], values["name"], place)
            )
        self._note_access(known, values)
        self._put("people.csv", row, Account, known, values)

    def _note_access(self, known: Account | None, values: Mapping[str, Any]) -> None:
        """Note whom an admin lets in, or as what: not everybody counts as their second person."""
        if self._actor is None:
            return
        for action in _turns(known, values):
            subject = known.id if known is not None else values["id"]
            audit.append(self._write, action, self._now, self._actor, subject)

    async def _hash(self, password: str) -> str:
        if self._passwords is None:
            return ""
        return await asyncio.to_thread(self._passwords.hash_random, password)

    def _station(self, file: str, row: Row) -> Station | None:
        station = self._stations.get(row.values["station"])
        if station is None:
            why = f"没有编号为 {row.values['station'] or '（空）'} 的工作站"
            self._refuse(file, row, "station", why)
        return station

    def _put(self, file: str, row: Row, table: Any, known: Any, values: Any) -> Any:
        self._note_change(file, row, known)
        if known is None:
            one = table(**values)
            self._write.add(one)
            self._outcome.count(file, added=True, changed=False)
            return one
        changed = _differs(known, values)
        for name, value in values.items():
            setattr(known, name, value)
        self._outcome.count(file, added=False, changed=changed)
        return known

    def _note_change(self, file: str, row: Row, known: Any) -> None:
        before = cells_of(file, known, self._stations) if known is not None else {}
        after = {name: cell(value) for name, value in row.values.items()}
        columns = {
            name: (before.get(name, ""), now)
            for name, now in after.items()
            if before.get(name, "") != now
        }
        if known is None or columns:
            key = after[FILES[file].key]
            self._outcome.changes.append(Change(row.line, key, known is None, columns))

    def _refuse(self, file: str, row: Row, column: str, why: str) -> None:
        self._problems.append(Problem(file, row.line, column, why))


def _turns(known: Account | None, values: Mapping[str, Any]) -> Iterator[AuditAction]:
    if known is None:
        yield AuditAction.PERSON_ADDED
        return
    if known.role is not values["role"]:
        yield AuditAction.ROLE_CHANGED
    if known.active is not values["active"]:
        yield AuditAction.ACCOUNT_ENABLED if values["active"] else AuditAction.ACCOUNT_DISABLED


def _loses_power(known: Account, row: Row) -> bool:
    return not row.values["active"] or row.values["role"] is not known.role


def _differs(one: object, values: Any) -> bool:
    return any(getattr(one, name) != value for name, value in values.items())
