"""What every app page is given at its start: who one is, the matters, the notice in force."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from server.district.repository import languages_spoken, matters_in_order, notice_in_force
from server.storage.engine import Database, Transaction
from server.storage.schema import Station
from server.web.principal import Principal
from signaling.errors import NotFound

CHINA = timezone(timedelta(hours=8))


class Texts:
    """Reads the texts that pages show. ``hotline``: the number people may ring instead."""

    def __init__(self, db: Database, clock: Callable[[], datetime], hotline: str) -> None:
        self._db = db
        self._clock = clock
        self._hotline = hotline

    async def boot(self, somebody: Principal) -> dict[str, Any]:
        """Return {csrf, me, matters, notice, hotline, languages}; see the page ``app.html``."""
        async with self._db.read() as read:
            station = await read.get(Station, somebody.station_id) if somebody.station_id else None
            matters = await matters_in_order(read)
            notice = await self._notice(read)
            languages = await languages_spoken(read)
        me = {
            "id": somebody.account_id,
            "name": somebody.name,
            "role": somebody.role,
            "station": {"name": station.name, "phone": station.phone} if station else None,
        }
        return {
            "csrf": somebody.csrf,
            "me": me,
            "matters": [{"code": one.code, "name": one.name} for one in matters],
            "notice": notice,
            "hotline": self._hotline,
            "languages": languages,
        }

    async def _notice(self, read: Transaction) -> dict[str, str]:
        today = self._clock().astimezone(CHINA).date()
        notice = await notice_in_force(read, today)
        if notice is None:
            raise NotFound("no_notice", "还没有生效的告知书文本，请管理员先导入。")
        return {"version": notice.version, "title": notice.title, "body": notice.body}
