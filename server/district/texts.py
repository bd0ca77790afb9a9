"""What every app page is given at its start: who one is, the matters, the notice in force."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.engine import Database
from server.storage.schema import Matter, NoticeText, Station
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
        """Return {csrf, me, matters, notice, hotline}; see the page ``app.html``."""
        async with self._db.read() as read:
            station = await read.get(Station, somebody.station_id) if somebody.station_id else None
            matters = await _matters(read)
            notice = await self._notice(read)
        me = {
            "id": somebody.account_id,
            "name": somebody.name,
            "role": somebody.role,
            "station": {"name": station.name, "phone": station.phone} if station else None,
        }
        return {
            "csrf": somebody.csrf,
            "me": me,
            "matters": matters,
            "notice": notice,
            "hotline": self._hotline,
        }

    async def _notice(self, read: AsyncSession) -> dict[str, str]:
        today = self._clock().astimezone(CHINA).date()
        query = (
            select(NoticeText)
            .where(NoticeText.in_force_from <= today)
            .order_by(NoticeText.in_force_from.desc(), NoticeText.version.desc())
            .limit(1)
        )
        notice = await read.scalar(query)
        if notice is None:
            raise NotFound("no_notice", "还没有生效的告知书文本，请管理员先导入。")
        return {"version": notice.version, "title": notice.title, "body": notice.body}


async def _matters(read: AsyncSession) -> list[dict[str, str]]:
    query = select(Matter).order_by(Matter.position, Matter.code)
    return [{"code": one.code, "name": one.name} for one in await read.scalars(query)]
