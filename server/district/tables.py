"""The district's small tables row by row, by the rules of their files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from server.audit import log as audit
from server.audit.actions import AuditAction
from server.district import repository
from server.district.importing import Importer, ImportRefused
from server.district.people import WrongField
from server.district.reading import Problem, read_form
from server.storage.engine import Database, Transaction
from server.storage.schema import NoticeText, Station, Village
from signaling.errors import Conflict, NotFound

CHINA = timezone(timedelta(hours=8))


class CodeTaken(Conflict):
    """There is one of this code already."""

    code = "code_taken"
    message = "这个编号已经有了，请换一个。"


@dataclass(frozen=True, slots=True)
class Tables:
    """Listing, adding and changing; ``actor`` is the admin's account id."""

    db: Database
    clock: Callable[[], datetime]

    async def change_station(self, station_id: str, cells: Mapping[str, str], actor: str) -> None:
        """Change a station's name, town and telephone; raises NotFound, WrongField."""
        async with self.db.write() as write:
            station = await write.get(Station, station_id)
            if station is None:
                raise NotFound
            kept = {"code": station.code, "centre": "yes" if station.centre else "no"}
            await self._write(write, "stations.csv", kept | dict(cells), actor)
            self._note(write, AuditAction.STATION_CHANGED, actor, station_id)

    async def villages(self) -> list[repository.VillageRow]:
        """Return every village with its station, by the station's code and the village's."""
        async with self.db.read() as read:
            return await repository.villages_with_stations(read)

    async def add_village(self, cells: Mapping[str, str], actor: str) -> None:
        """Add a village; raises CodeTaken, WrongField."""
        async with self.db.write() as write:
            if cells["code"].strip() in await repository.villages_by_code(write):
                raise CodeTaken
            await self._write(write, "villages.csv", cells, actor)
            made = (await repository.villages_by_code(write))[cells["code"].strip()]
            self._note(write, AuditAction.VILLAGE_ADDED, actor, made.id)

    async def change_village(self, village_id: str, cells: Mapping[str, str], actor: str) -> None:
        """Change a village's name, or which station serves it; raises NotFound, WrongField."""
        async with self.db.write() as write:
            village = await write.get(Village, village_id)
            if village is None:
                raise NotFound
            await self._write(write, "villages.csv", {"code": village.code, **cells}, actor)
            self._note(write, AuditAction.VILLAGE_CHANGED, actor, village_id)

    async def texts(self) -> list[dict[str, Any]]:
        """Return every wording of the notice, the newest first, and what was agreed to under it."""
        async with self.db.read() as read:
            found = await repository.notices(read)
            given = await repository.consents_by_notice(read)
            now = await repository.notice_in_force(read, self._today())
        return [
            {
                "version": one.version,
                "title": one.title,
                "body": one.body,
                "in_force_from": one.in_force_from.isoformat(),
                "state": _state(one, now, self._today()),
                "consents": given.get(one.version, 0),
            }
            for one in reversed(found)
        ]

    async def add_text(self, cells: Mapping[str, str], actor: str) -> None:
        """Add a wording that holds from a day to come, or today; raises CodeTaken, WrongField.

        What people have agreed to is never changed: an older wording stays as it was.
        """
        async with self.db.write() as write:
            if await write.get(NoticeText, cells["version"].strip()) is not None:
                raise CodeTaken("code_taken", "这个版本号已经有了，请换一个。")
            await self._write(write, "notices.csv", cells, actor)
            made = await write.get_one(NoticeText, cells["version"].strip())
            if made.in_force_from < self._today():
                why = "只能从今天或以后的一天起施行"
                raise WrongField(Problem("notices.csv", 0, "in_force_from", why))
            self._note(write, AuditAction.TEXT_ADDED, actor, made.version)

    async def _write(
        self, write: Transaction, file: str, cells: Mapping[str, str], actor: str
    ) -> None:
        importer = Importer(write, None, self.clock(), actor=actor)
        try:
            await importer.write(read_form(file, cells))
        except ImportRefused as refused:
            raise WrongField(refused.problems[0]) from None

    def _note(self, write: Transaction, action: AuditAction, actor: str, subject: str) -> None:
        audit.append(write, action, self.clock(), actor, subject)

    def _today(self) -> date:
        return self.clock().astimezone(CHINA).date()


def _state(one: NoticeText, now: NoticeText | None, today: date) -> str:
    if now is not None and one.version == now.version:
        return "in_force"
    return "coming" if one.in_force_from > today else "past"
