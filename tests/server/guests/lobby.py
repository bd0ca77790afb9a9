"""A talk under way with people from elsewhere, each with an account of their own."""

from dataclasses import dataclass, field
from typing import Any

from server.accounts.service import Visitor
from server.guests.invitations import Invitations, Made, Wish
from server.sessions import repository
from server.sessions.dividing import division, locked
from server.sessions.turn import Turn, step_participant
from server.storage.schema import Account, Session
from server.web.principal import Principal
from signaling.participant import ParticipantEvent
from tests.server.sessions.desk import Desk

SUBJECTS = ("rights", "lawyer_presence", "recording", "personal_data")


@dataclass
class Lobby:
    """`people`: the persons' ids by name."""

    desk: Desk
    session: str
    people: dict[str, str] = field(default_factory=dict)

    @property
    def invitations(self) -> Invitations:
        return Invitations(self.desk.db, self.desk.sessions, self.desk.clock)

    async def invite(self, name: str, **parts: Any) -> Made:
        wish = {"person": self.people.get(name), "name": name, "phone": "", "minor": False}
        made = await self.invitations.invite(
            self.desk.people["mediator"], self.session, Wish(**{**wish, "guardian": "", **parts})
        )
        self.people[name] = made.person
        return made

    async def use(self, made: Made) -> str:
        """Open the link; from now on the desk knows this person."""
        token = await self.invitations.use(made.token, Visitor("1.2.3.4"))
        async with self.desk.db.read() as read:
            guest = await repository.guest_of_person(read, made.person)
            assert guest is not None
            account = await read.get(Account, guest.account_id)
        assert account is not None
        self.desk.people[made.name] = Principal(
            account.id, account.role, account.name, None, None, "", ""
        )
        return token

    async def answer(self, name: str, **given: bool) -> None:
        self.desk.clock.forward(seconds=1)
        for subject in SUBJECTS:
            body = {"subject": subject, "given": given.get(subject, True), "notice": "1"}
            await self.send(name, "consent.answer", **body)

    async def waits(self, name: str, **given: bool) -> None:
        """Invited, there, answered, in the lobby."""
        await self.use(await self.invite(name))
        await self.answer(name, **given)
        await self.send(name, "guest.knock")

    async def inside(self, name: str, **given: bool) -> None:
        """…known, and let in; their media are up."""
        await self.waits(name, **given)
        await self.know(name)
        await self.act("guest.admit", name)
        await self.connect(name)

    async def know(self, name: str, checked: str = "", **parts: Any) -> None:
        body = {"person": self.people[name], "name": checked or name, "way": "document", **parts}
        await self.send("mediator", "guest.know", **body)

    async def act(self, kind: str, name: str, **parts: Any) -> None:
        """What the mediator does with somebody."""
        await self.send("mediator", kind, person=self.people[name], **parts)

    async def send(self, by: str, kind: str, **body: Any) -> dict[str, Any]:
        return await self.desk.send(by, kind, {"session": self.session, **body})

    async def refused(self, by: str, kind: str, **body: Any) -> str:
        return await self.desk.refused(by, kind, {"session": self.session, **body})

    async def connect(self, name: str) -> None:
        account = self.desk.people[name].account_id

        async def up(turn: Turn, session: Session) -> None:
            one = await repository.participant_of(turn.db, session.id, account)
            assert one is not None
            step_participant(one, ParticipantEvent.OFFER)
            step_participant(one, ParticipantEvent.CONNECT)
            session.seq += 1

        await self.desk.change(self.session, up)

    async def lawyers(self, *names: str) -> list[str]:
        """The participants' ids of these lawyers, as the mediator's page knows them."""
        there = (await self.room("mediator"))["participants"]
        wanted = {self.desk.people[name].name for name in names}
        return [one["id"] for one in there if one["name"] in wanted]

    async def divided(self) -> dict[str, str]:
        """What the relay is told, carried out: the circles by the participants' names."""
        async with self.desk.db.read() as read:
            session = await repository.session_by_id(read, self.session)
            assert session is not None
            wanted = await division(read, session)
            everybody = await repository.participants_of(read, self.session)
        if wanted.locks is not None:
            await self.desk.sessions.transact(locked(self.session, wanted.locks))
        names = {one.id: one.name for one in everybody}
        return {names[one]: circle for one, circle in wanted.groups.items()}

    async def hold(self) -> str:
        async with self.desk.db.read() as read:
            session = await repository.session_by_id(read, self.session)
            assert session is not None
            return (await division(read, session)).hold

    async def view(self, name: str) -> dict[str, Any]:
        return await self.desk.view(name)

    async def room(self, name: str) -> dict[str, Any]:
        session: dict[str, Any] = (await self.desk.view(name))["session"]
        return session


async def open_lobby(desk: Desk) -> Lobby:
    """A mediator and a lawyer face to face, with nobody at the terminal but one old person."""
    persons = [{"name": "站里的人", "recording": True, "lawyer_presence": True}]
    return Lobby(desk, await desk.live(persons=persons))
