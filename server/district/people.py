"""The district's people one by one: the same rules as for a whole file."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from server.accounts.passwords import Passwords
from server.audit import log as audit
from server.audit.actions import AuditAction
from server.district import repository
from server.district.exporting import cells_of
from server.district.importing import Importer, ImportRefused, NewAccount
from server.district.reading import Problem, read_form
from server.storage.engine import Database, Transaction
from server.storage.schema import Account
from signaling.errors import Conflict, NotFound, UserError

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "username": "用户名",
        "name": "姓名",
        "role": "角色",
        "station": "工作站",
        "firm": "律师事务所",
        "licence_no": "执业证号",
        "phone": "电话",
        "code": "编号",
        "town": "乡镇",
        "version": "版本号",
        "title": "标题",
        "body": "正文",
        "in_force_from": "施行日期",
        "matters": "擅长的纠纷类型",
        "languages": "会说的语言或方言",
    }
)
EDITABLE = ("name", "station", "firm", "licence_no", "phone", "matters", "languages")


class UsernameTaken(Conflict):
    """Somebody has this user name, perhaps an account that is switched off."""

    code = "username_taken"
    message = "这个用户名已经有人用了（也可能是停用的账号），请换一个。"


class WrongField(UserError):
    """A field cannot be kept as it is."""

    def __init__(self, problem: Problem) -> None:
        label = LABELS.get(problem.column, problem.column)
        super().__init__("wrong_field", f"{label}：{problem.why}")


class People:
    """Listing, adding and changing; ``actor`` is the admin's account id."""

    def __init__(self, db: Database, passwords: Passwords, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._passwords = passwords
        self._clock = clock

    async def everybody(self) -> Sequence[repository.PersonRow]:
        """Return everybody, in the order in which they are shown."""
        async with self._db.read() as read:
            return await repository.people(read)

    async def add(self, cells: Mapping[str, str], actor: str) -> NewAccount:
        """Add somebody with a first password; raises UsernameTaken, WrongField."""
        async with self._db.write() as write:
            known = await repository.accounts_by_username(write)
            if cells["username"].strip().casefold() in known:
                raise UsernameTaken
            (account,) = await self._write(write, cells, actor)
        return account

    async def change(self, account_id: str, cells: Mapping[str, str], actor: str) -> None:
        """Change what may be changed of somebody; raises NotFound, WrongField."""
        async with self._db.write() as write:
            account = await write.get(Account, account_id)
            if account is None:
                raise NotFound
            stations = await repository.stations_by_code(write)
            kept = cells_of("people.csv", account, stations)
            await self._write(write, kept | {name: cells[name] for name in EDITABLE}, actor)
            audit.append(write, AuditAction.PERSON_CHANGED, self._clock(), actor, account_id)

    async def _write(
        self, write: Transaction, cells: Mapping[str, str], actor: str
    ) -> Sequence[NewAccount]:
        importer = Importer(write, self._passwords, self._clock(), actor=actor)
        try:
            return (await importer.write(read_form("people.csv", cells))).accounts
        except ImportRefused as refused:
            raise WrongField(refused.problems[0]) from None
