"""The whole desk against a model of what must hold, whatever happens in whatever order.

Real services, real database, a manual clock; three web processes, each of which may die. The
steps are drawn by Hypothesis. ``--model-steps 100000`` walks far, ``--model-database postgresql``
walks there. What must hold after every step stands in ``must_hold``, and that nobody waits for ever
in ``teardown``.
"""

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event, select

from server.appointments.upkeep import Upkeep
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.leases import Leases
from server.jobs.absences import Absences
from server.media.relay_events import go_live_if_ready, lose
from server.sessions import repository
from server.sessions.duty import LEASE
from server.sessions.minding import mind
from server.sessions.room.present import everybody_agrees
from server.sessions.service import Sessions
from server.sessions.turn import Turn, step_participant, step_recording
from server.storage.engine import Database
from server.storage.schema import (
    Caucus,
    DeclaredConflict,
    Device,
    DispatchStep,
    Duty,
    DutyPeriod,
    Event,
    Login,
    Person,
    RingOffer,
    Session,
    StationCall,
)
from signaling.commands import decode_command
from signaling.dispatch import Need
from signaling.errors import UserError
from signaling.events import EventType
from signaling.names import fold
from signaling.participant import ParticipantEvent
from signaling.recording import RecordingEvent
from signaling.session import IN_ROOM, WAITING, SessionState
from tests.server.dispatch.bell import RULE
from tests.server.dispatch.must_hold import (
    TALKING,
    Seen,
    a_recording_that_all_agree_to_is_not_declined,
    an_answer_once_talked_stays_the_answer,
    every_step_is_explained,
    hours_are_served_on_duty_and_not_on_standby,
    nobody_is_given_up_whose_lawyer_is_there,
    nobody_is_looked_for_in_vain,
    nobody_waiting_is_forgotten,
    nobody_waits_apart,
    one_call_one_lawyer_one_lawyer_one_call,
    rings_end_with_what_they_belong_to,
    rings_ring_for_somebody,
)
from tests.server.sessions.desk import Desk, open_desk, request_body, sessions_on

T = TypeVar("T")
MEDIATORS = ("mediator", "neighbour", "elsewhere")
LAWYERS = ("lawyer", "second", "third", "fourth", "recused")
NODES = 3
STEPS_AN_EXAMPLE = 50
FOR_EVER = timedelta(days=3650)
PARTIES = ("王建国", "李秀英", "某甲")

lawyers = st.sampled_from(LAWYERS)
mediators = st.sampled_from(MEDIATORS)
nodes = st.integers(0, NODES - 1)

OpenDatabase = Callable[[], AbstractContextManager[str]]


@dataclass
class Sent:
    """A command that was carried out: it may come again, and is answered as before."""

    who: str
    kind: str
    body: dict[str, Any]
    id: str
    answer: dict[str, Any]


@dataclass
class World:
    """The desk, its three processes, and which lawyer's page is connected to which of them."""

    desk: Desk
    processes: list[Sessions]
    alive: list[bool] = field(default_factory=lambda: [True] * NODES)
    pages: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LAWYERS, 0))
    sent: list[Sent] = field(default_factory=list)

    def __post_init__(self) -> None:
        db, clock = self.desk.db, self.desk.clock
        self.since = dict.fromkeys(LAWYERS, clock())
        self.absences = Absences(db, clock)
        self.upkeeps = [Upkeep(db, one, clock) for one in self.processes]
        self.leases = [Leases(db, clock, partial(self.lawyers_at, node)) for node in range(NODES)]
        self.dispatchers = [
            Dispatcher(db, one, RULE, clock, leases)
            for one, leases in zip(self.processes, self.leases, strict=True)
        ]

    def names_at(self, node: int) -> list[str]:
        return [name for name, at in self.pages.items() if at == node]

    def lawyers_at(self, node: int) -> list[str]:
        return [self.desk.id(name) for name in self.names_at(node)]

    async def pass_time(self, seconds: float) -> None:
        """Living processes renew meanwhile."""
        left = timedelta(seconds=seconds)
        while left > timedelta(0):
            step = min(left, LEASE - timedelta(seconds=1))
            self.desk.clock.forward(seconds=step.total_seconds())
            await self.renew()
            left -= step

    def connect(self, name: str) -> None:
        """The page is open now, if its process lives."""
        if self.alive[self.pages[name]]:
            self.since[name] = self.desk.clock()

    def there(self) -> set[str]:
        """Whose page has been open at a living process for as long as a lease."""
        now = self.desk.clock()
        return {self.desk.id(one) for one, since in self.since.items() if since <= now - LEASE}

    async def renew(self) -> None:
        for leases, alive in zip(self.leases, self.alive, strict=True):
            if alive:
                await leases.renew()


async def open_world(url: str) -> World:
    db = Database(url)
    if db.sqlite:
        event.listen(db.engine.sync_engine, "connect", _careless)
    desk = await open_desk(db)
    await desk.hire("third", "fourth", "recused")
    async with db.write() as write:
        for name in ("王建国", "某甲"):
            write.add(
                DeclaredConflict(
                    lawyer_id=desk.id("recused"),
                    name=name,
                    folded=fold(name),
                    declared_at=desk.clock(),
                )
            )
        for name in MEDIATORS:
            terminal = Device(
                station_id=desk.people[name].station_id,
                key_hash=name,
                enrolled_at=desk.clock(),
                seen_at=desk.clock() + FOR_EVER,
            )
            write.add(terminal)
            await write.flush()
            write.add(
                Login(
                    token_hash=name,
                    account_id=desk.id(name),
                    device_id=terminal.id,
                    csrf=name,
                    created_at=desk.clock(),
                    expires_at=desk.clock() + FOR_EVER,
                )
            )
    processes = [sessions_on(db, desk.clock, desk.told) for _ in range(NODES)]
    return World(desk, processes)


def _careless(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")  # nothing here must survive a loss of power
    cursor.close()


class DeskModel(RuleBasedStateMachine):
    """What people, processes and relays do, and what must hold throughout."""

    open_database: ClassVar[OpenDatabase]

    def __init__(self) -> None:
        super().__init__()
        self._open = type(self).open_database()
        self._loop = asyncio.new_event_loop()
        self.world = self.run(open_world(self._open.__enter__()))
        self.desk = self.world.desk

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    # People.

    @initialize(talks=st.lists(st.tuples(mediators, st.booleans()), max_size=2))
    def open_in_the_morning(self, talks: list[tuple[str, bool]]) -> None:
        """Some are on duty, and perhaps talk already: from there more can go wrong."""
        for name in LAWYERS[:3]:
            self.send(0, name, "duty.on")
        for who, recording in talks:
            self.asks(0, who, PARTIES[0], set())
            self.run(self.world.dispatchers[0].settle())
            self.goes_in(0, recording)

    @rule(
        who=mediators,
        node=nodes,
        party=st.sampled_from(PARTIES),
        needs=st.sets(st.sampled_from(Need), max_size=2),
    )
    def call(self, who: str, node: int, party: str, needs: set[Need]) -> None:
        self.asks(node, who, party, needs)

    @rule(who=lawyers, node=nodes, standby=st.booleans())
    def go_on_duty(self, who: str, node: int, standby: bool) -> None:
        self.send(node, who, "duty.on", {"standby": standby})

    @rule(who=lawyers, node=nodes)
    def go_off_duty(self, who: str, node: int) -> None:
        self.send(node, who, "duty.off")

    @rule(who=lawyers, node=nodes, pick=st.integers(0, 9), recording=st.booleans())
    def accept(self, who: str, node: int, pick: int, recording: bool) -> None:
        """Somebody takes a call: one that rings, one that waits, or one that is long gone."""
        if session := self.some(pick):
            self.send(node, who, "call.accept", {"session": session, "recording": recording})

    @rule(node=nodes)
    def everybody_rung_accepts_at_once(self, node: int) -> None:
        self.run(self._race(node))

    @rule(recording=st.booleans())
    def whoever_is_rung_goes_in(self, recording: bool) -> None:
        """The usual way in one step: a yes, and all see and hear each other."""
        self.goes_in(self.world.alive.index(True), recording)

    @rule(who=lawyers, node=nodes, why=st.sampled_from(["conflict", "busy", "other"]))
    def decline(self, who: str, node: int, why: str) -> None:
        if session := self.rung(who):
            self.send(node, who, "call.decline", {"session": session, "reason": why})

    @rule(
        who=mediators,
        node=nodes,
        kind=st.sampled_from(["cancel", "keep_waiting", "hang_up", "pause", "resume", "finish"]),
    )
    def mediator_acts(self, who: str, node: int, kind: str) -> None:
        if session := self.mine(who):
            self.send(node, who, f"session.{kind}", {"session": session})

    @rule(who=mediators, node=nodes)
    def ask_to_be_called_back(self, who: str, node: int) -> None:
        if session := self.mine(who):
            self.send(
                node, who, "session.request_callback", {"session": session, "phone": "123456"}
            )

    @rule(who=mediators, node=nodes)
    def speak_apart(self, who: str, node: int) -> None:
        """With whoever sits beside the terminal, so it begins at once."""
        session = self.mine(who)
        for person in [one for one in self.rows(Person) if one.session_id == session]:
            body: dict[str, Any] = {"session": session, "person": person.id, "lawyers": []}
            self.send(node, who, "aside.invite", body)

    @rule(who=mediators, node=nodes)
    def come_back_together(self, who: str, node: int) -> None:
        if session := self.mine(who):
            self.send(node, who, "aside.return", {"session": session})

    @rule(who=lawyers, to=mediators, node=nodes)
    def call_a_station(self, who: str, to: str, node: int) -> None:
        station = self.desk.people[to].station_id
        body = {"station": station, "kind": "consultation", "matter": "wages"}
        self.send(node, who, "station.call", body)

    @rule(who=mediators, node=nodes, kind=st.sampled_from(["answer", "refuse"]))
    def whoever_is_called_acts(self, who: str, node: int, kind: str) -> None:
        for call in self.rows(StationCall):
            if call.mediator_id == self.desk.id(who) and call.ended_at is None:
                self.send(node, who, f"station.{kind}", {"call": call.id})

    @rule(
        pick=st.integers(0, 9),
        colleague=st.none() | lawyers,
        node=nodes,
        kind=st.sampled_from(["transfer", "call_in"]),
    )
    def hand_over(self, pick: int, colleague: str | None, node: int, kind: str) -> None:
        """To a colleague, or to whoever is free."""
        named = self.desk.id(colleague) if colleague else None
        for who, session in self.in_a_talk(pick):
            body = {"session": session, "lawyer": named, "kind": kind}
            self.send(node, who, "call.hand_over", body)

    @rule(
        pick=st.integers(0, 9),
        node=nodes,
        kind=st.sampled_from(["stop_hand_over", "give_back", "leave"]),
    )
    def change_ones_mind(self, pick: int, node: int, kind: str) -> None:
        for who, session in self.in_a_talk(pick):
            self.send(node, who, f"call.{kind}", {"session": session})

    @rule(who=lawyers, node=nodes)
    def close(self, who: str, node: int) -> None:
        for session in self.of_lawyer(who, {SessionState.WRAPPING}):
            self.send(node, who, "session.close", {"session": session, "reason": "已说明"})

    @precondition(lambda self: self.world.sent)
    @rule(pick=st.integers(0, 30), node=nodes)
    def the_same_again(self, pick: int, node: int) -> None:
        """The answer was lost, so the page sends again, to another process, perhaps much later."""
        before = self.world.sent[-1 - pick % len(self.world.sent)]
        answer = self.run(self._send(node, before.who, before.kind, before.body, before.id))
        assert answer == before.answer, before

    # Machines.

    @rule(node=nodes)
    def look(self, node: int) -> None:
        if self.world.alive[node]:
            self.run(self.world.dispatchers[node].settle())
            self.run(self.world.upkeeps[node].look())

    @rule()
    def the_jobs_look(self) -> None:
        """Whoever is taken off duty has no page open."""
        before = {one.lawyer_id for one in self.rows(Duty)}
        self.run(self.world.absences.end_dead_duty())
        gone = before - {one.lawyer_id for one in self.rows(Duty)}
        assert not gone & self.world.there()

    @rule()
    def two_look_at_once(self) -> None:
        alive = [
            one for one, on in zip(self.world.dispatchers, self.world.alive, strict=True) if on
        ]
        self.run(_together([one.settle() for one in alive]))

    @rule(seconds=st.sampled_from([1, 5, 14, 16, 31, 61, 130, 200]))
    def time_passes(self, seconds: int) -> None:
        """Leases are renewed by living processes for the pages they hold, as often as it takes."""
        self.run(self.world.pass_time(seconds))

    @rule(seconds=st.sampled_from([31, 130, 700]))
    def the_database_is_away(self, seconds: int) -> None:
        """Until then everybody who is there could renew, now nobody can."""
        self.run(self.world.renew())
        self.desk.clock.forward(seconds=seconds)

    @rule(who=lawyers, node=nodes)
    def page_comes_back_elsewhere(self, who: str, node: int) -> None:
        self.world.since.pop(who, None)
        self.world.pages[who] = node
        self.world.connect(who)

    @rule(who=lawyers)
    def page_goes(self, who: str) -> None:
        self.world.pages.pop(who, None)
        self.world.since.pop(who, None)

    @rule(node=nodes)
    def process_dies(self, node: int) -> None:
        if sum(self.world.alive) > 1:
            self.world.alive[node] = False
            for name in self.world.names_at(node):
                self.world.since.pop(name, None)

    @rule(node=nodes)
    def process_starts(self, node: int) -> None:
        if not self.world.alive[node]:
            self.world.alive[node] = True
            for name in self.world.names_at(node):
                self.world.connect(name)

    @rule(node=nodes)
    def process_dies_before_it_commits(self, node: int) -> None:
        """Whatever it did is undone with it."""
        before = self.run(self.desk.everything())
        with pytest.raises(RuntimeError):
            self.run(self.world.processes[node].transact(self._half))
        assert self.run(self.desk.everything()) == before

    @rule(pick=st.integers(0, 9))
    def media_comes_up(self, pick: int) -> None:
        if session := self.some(pick, IN_ROOM):
            self.run(self.desk.change(session, _media_up))

    @rule(pick=st.integers(0, 9))
    def media_is_lost(self, pick: int) -> None:
        if session := self.some(pick, IN_ROOM):
            self.run(self.desk.change(session, _media_lost))

    @rule(pick=st.integers(0, 9))
    def the_lawyer_alone_is_lost(self, pick: int) -> None:
        """Whoever has the talk; a second lawyer in it stays."""
        if session := self.some(pick, IN_ROOM):
            self.run(self.desk.change(session, _lawyer_lost))

    # What must hold.

    @invariant()
    def everything_that_must_hold_holds(self) -> None:
        seen = self.run(self._snapshot())
        one_call_one_lawyer_one_lawyer_one_call(seen)
        rings_ring_for_somebody(seen, self.desk.id("recused"))
        nobody_waiting_is_forgotten(seen)
        nobody_is_looked_for_in_vain(seen)
        every_step_is_explained(seen)
        rings_end_with_what_they_belong_to(seen)
        nobody_waits_apart(seen)
        a_recording_that_all_agree_to_is_not_declined(seen)
        hours_are_served_on_duty_and_not_on_standby(seen)
        nobody_is_given_up_whose_lawyer_is_there(seen)
        an_answer_once_talked_stays_the_answer(seen)

    def teardown(self) -> None:
        """Whoever still waits is served, asked or let go, by whichever process is left."""
        try:
            self.run(self._to_the_end())
        finally:
            self.run(self.desk.db.close())
            self._loop.close()
            self._open.__exit__(None, None, None)

    # The parts.

    def send(self, node: int, who: str, kind: str, body: Mapping[str, Any] | None = None) -> None:
        """Send as a page does: a refusal is an answer, and changes nothing."""
        if not self.world.alive[node]:
            return
        command, given = str(uuid4()), dict(body or {})
        try:
            answer = self.run(self._send(node, who, kind, given, command))
        except UserError:
            return
        self.world.sent.append(Sent(who, kind, given, command, answer))

    def asks(self, node: int, who: str, party: str, needs: set[Need]) -> None:
        person = {"name": party, "recording": True, "lawyer_presence": True}
        body = request_body(persons=[person], needs=sorted(needs), facts=party)
        self.send(node, who, "session.request", body)

    def goes_in(self, node: int, recording: bool) -> None:
        for who in LAWYERS:
            if session := self.rung(who):
                body = {"session": session, "recording": recording}
                self.send(node, who, "call.accept", body)
                self.run(self.desk.change(session, _media_up))

    async def _send(
        self, node: int, who: str, kind: str, body: dict[str, Any], command: str
    ) -> dict[str, Any]:
        envelope = {"v": 1, "id": command, "type": kind, "body": body}
        process = self.world.processes[node]
        return dict(await process.execute(self.desk.people[who], decode_command(envelope)))

    async def _race(self, node: int) -> None:
        offers = [one for one in await self._rows(RingOffer) if one.ended_at is None]
        names = {self.desk.id(name): name for name in LAWYERS}
        ways = [
            self._send(
                (node + n) % NODES,
                names[one.lawyer_id],
                "call.accept",
                {"session": one.session_id, "recording": True},
                str(uuid4()),
            )
            for n, one in enumerate(offers)
        ]
        for outcome in await asyncio.gather(*ways, return_exceptions=True):
            assert not isinstance(outcome, BaseException) or isinstance(outcome, UserError)

    async def _half(self, turn: Turn) -> dict[str, Any]:
        for session in (await turn.db.scalars(select(Session))).all():
            session.state = SessionState.FAILED
            turn.log(session, EventType.SESSION_FAILED)
        await turn.db.flush()
        raise RuntimeError("the process is dead")

    async def _to_the_end(self) -> None:
        self.world.alive[0] = True
        for _ in range(12):
            self.desk.clock.forward(minutes=5)  # perhaps the database is away: nobody renews
            await self.world.dispatchers[0].settle()
            await self.world.pass_time(LEASE.total_seconds())
            await self.world.dispatchers[0].settle()
        waiting = [one.state for one in await self._rows(Session) if one.state in WAITING]
        assert waiting == [], "somebody waits for ever"

    async def _snapshot(self) -> "Seen":
        async with self.desk.db.read() as read:
            sessions = list((await read.scalars(select(Session))).all())
            talks = [one for one in sessions if one.state in TALKING]
            return Seen(
                self.desk.clock(),
                sessions,
                list((await read.scalars(select(Duty))).all()),
                list((await read.scalars(select(RingOffer))).all()),
                list((await read.scalars(select(DispatchStep))).all()),
                list((await read.scalars(select(Event))).all()),
                list((await read.scalars(select(DutyPeriod))).all()),
                list((await read.scalars(select(Caucus))).all()),
                list((await read.scalars(select(StationCall))).all()),
                {one.id for one in talks if await everybody_agrees(read, one)},
                self.world.there(),
            )

    def rows(self, table: type[T]) -> list[T]:
        return self.run(self._rows(table))

    async def _rows(self, table: type[T]) -> list[T]:
        async with self.desk.db.read() as read:
            return list((await read.scalars(select(table))).all())

    def some(self, pick: int, states: frozenset[SessionState] | None = None) -> str | None:
        found = sorted(
            (one for one in self.rows(Session) if states is None or one.state in states),
            key=lambda one: (one.requested_at, one.id),
        )
        return found[-1 - pick % len(found)].id if found else None

    def rung(self, who: str) -> str | None:
        me = self.desk.id(who)
        open_ = [one for one in self.rows(RingOffer) if one.ended_at is None]
        return next((one.session_id for one in open_ if one.lawyer_id == me), None)

    def mine(self, who: str) -> str | None:
        me = self.desk.id(who)
        own = [one for one in self.rows(Session) if one.mediator_id == me]
        return max(own, key=lambda one: (one.requested_at, one.seq)).id if own else None

    def in_a_talk(self, pick: int) -> list[tuple[str, str]]:
        """One of the lawyers in a room with the session, those who were called in among them."""
        names = {self.desk.id(name): name for name in LAWYERS}
        rooms = [(one.lawyer_id, one.id) for one in self.rows(Session) if one.state in IN_ROOM]
        rooms += [(one.lawyer_id, one.helping_id or "") for one in self.rows(Duty)]
        found = sorted((names[who], session) for who, session in rooms if who and session)
        return [found[pick % len(found)]] if found else []

    def of_lawyer(self, who: str, states: set[SessionState]) -> list[str]:
        me = self.desk.id(who)
        return [one.id for one in self.rows(Session) if one.lawyer_id == me and one.state in states]


async def _together(work: list[Coroutine[Any, Any, None]]) -> None:
    await asyncio.gather(*work)


async def _media_up(turn: Turn, session: Session) -> None:
    if session.state not in IN_ROOM:
        return
    for one in await repository.participants_of(turn.db, session.id):
        step_participant(one, ParticipantEvent.OFFER)
        step_participant(one, ParticipantEvent.CONNECT)
    step_recording(session, RecordingEvent.START)
    await turn.db.flush()
    await mind(turn, session)
    await go_live_if_ready(turn, session)
    session.seq += 1


async def _lawyer_lost(turn: Turn, session: Session) -> None:
    for one in await repository.participants_of(turn.db, session.id):
        if one.account_id == session.lawyer_id:
            await lose(turn, session, one)
    session.seq += 1


async def _media_lost(turn: Turn, session: Session) -> None:
    for one in await repository.participants_of(turn.db, session.id):
        await lose(turn, session, one)
    session.seq += 1


@pytest.fixture
def open_database(request: pytest.FixtureRequest, tmp_path: Path) -> OpenDatabase:
    if request.config.getoption("--model-database") == "postgresql":
        cluster = request.getfixturevalue("postgres")
        template = request.getfixturevalue("postgres_template")
        return lambda: cluster.database(template)
    template = request.getfixturevalue("sqlite_template")

    @contextmanager
    def copied() -> Iterator[str]:
        path = shutil.copy(template, tmp_path / "model.db")
        for beside in tmp_path.glob("model.db-*"):
            beside.unlink()
        yield f"sqlite+aiosqlite:///{path}"

    return copied


@pytest.mark.timeout(10 * 3600)
def test_whatever_happens_in_whatever_order(
    request: pytest.FixtureRequest, open_database: OpenDatabase
) -> None:
    steps: int = request.config.getoption("--model-steps")
    run_state_machine_as_test(
        type("Model", (DeskModel,), {"open_database": staticmethod(open_database)}),
        settings=settings(
            max_examples=max(1, steps // STEPS_AN_EXAMPLE),
            stateful_step_count=STEPS_AN_EXAMPLE,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
