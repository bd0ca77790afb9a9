"""A desk with its dispatcher, on a manual clock."""

from datetime import timedelta

from sqlalchemy import select

from server.dispatch.dispatcher import Dispatcher
from server.dispatch.leases import RENEW_EVERY, Leases
from server.sessions import repository
from server.storage.engine import Database
from server.storage.schema import RingOffer
from signaling.dispatch import Rule
from signaling.session import SessionState
from tests.server.sessions.desk import Desk, open_desk

RULE = Rule(each=15, together=30, patience=120, singles=3)


class Bell:
    """A desk with its dispatcher; `pages`: the lawyers whose pages are open."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.pages: list[str] = []
        self.leases = Leases(desk.db, desk.clock, lambda: [desk.id(one) for one in self.pages])
        self.dispatcher = Dispatcher(desk.db, desk.sessions, RULE, desk.clock, self.leases)

    async def look(self, **later: float) -> None:
        """Let time pass, then let the dispatcher look; leases are renewed meanwhile."""
        left = timedelta(**later)
        while left > timedelta(0):
            step = min(left, RENEW_EVERY)
            self.desk.clock.forward(seconds=step.total_seconds())
            await self.leases.renew()
            left -= step
        await self.dispatcher.settle()

    async def ringing(self, session: str) -> list[str]:
        """Who is being rung for this session now, by user name."""
        async with self.desk.db.read() as read:
            offers = await repository.open_offers(read, session)
        names = {one.account_id: name for name, one in self.desk.people.items()}
        return sorted(names[offer.lawyer_id] for offer in offers)

    async def state(self, session: str) -> SessionState:
        return (await self.desk.row(session)).state

    async def outcomes(self, session: str) -> list[str]:
        query = select(RingOffer.outcome).where(RingOffer.session_id == session)
        async with self.desk.db.read() as read:
            return sorted((await read.scalars(query)).all())


async def open_bell(db: Database) -> Bell:
    """Two stations and three lawyers, none on duty."""
    desk = await open_desk(db)
    await desk.hire("third")
    return Bell(desk)
