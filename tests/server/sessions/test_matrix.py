"""Every live command × who sends it × whose session it is × its state, asked of the service.

What is expected is the table written by hand in tests/signaling/test_rights.py; here it meets real
sessions: of one's own station or another, with a lawyer of its own, one on duty and one who is not.
"""

import pytest

from server.sessions.duty import LEASE
from server.sessions.service import authorise
from server.storage.engine import Transaction
from server.storage.schema import Account, Duty, Matter, Session
from server.web.principal import Principal
from signaling.commands import COMMANDS, OfSession, SessionKind
from signaling.errors import NotFound, UserError
from signaling.recording import RecordingState
from signaling.rights import Action, Role, Scope
from signaling.session import SessionState
from tests.server.house import CHEAP, PASSWORD, START, House
from tests.signaling.test_rights import allowed

# Who somebody is to the session of the mediator of station A, which ``lawyer`` has taken.
REACH: dict[str, frozenset[Scope]] = {
    "mediator": frozenset({Scope.OWN, Scope.INSIDE}),
    "elsewhere": frozenset(),
    "lawyer": frozenset({Scope.OWN, Scope.INSIDE}),
    "on_duty": frozenset({Scope.RUNG}),
    "off_duty": frozenset(),
    "admin": frozenset(),
    "supervisor": frozenset(),
}
OF_SESSION = sorted(
    {route.action for route in COMMANDS.values() if issubclass(route.body, OfSession)}
)
OF_NONE = sorted({route.action for route in COMMANDS.values()} - set(OF_SESSION))


@pytest.fixture
async def people(small_house: House) -> dict[str, Principal]:
    """Everybody of ``REACH``, and a session in each state."""
    house = small_house
    more = [
        Account(
            username=name,
            name=f"某{name}",
            role=Role.LAWYER,
            password_hash=CHEAP.hash(PASSWORD),
            created_at=START,
        )
        for name in ("on_duty", "off_duty")
    ]
    async with house.db.write() as write:
        write.add(Matter(code="land", name="土地纠纷"))
        write.add_all(more)
        await write.flush()
        house.people |= {one.username: one for one in more}
        duty = Duty(lawyer_id=more[0].id, since=START, free_since=START)
        duty.lease_until = START + LEASE
        write.add(duty)
        write.add_all(session(house, state) for state in SessionState)
    return {
        name: Principal(one.id, one.role, one.name, one.station_id, None, "", "")
        for name, one in house.people.items()
    }


def session(house: House, state: SessionState) -> Session:
    return Session(
        id=f"{list(SessionState).index(state):032x}",
        number=state.value,
        kind=SessionKind.MEDIATION,
        matter_code="land",
        station_id=house.stations["A"].id,
        mediator_id=house.people["mediator"].id,
        lawyer_id=house.people["lawyer"].id,
        state=state,
        recording=RecordingState.OFF,
        requested_at=START,
        attempt_at=START,
    )


async def refusal(
    db: Transaction, who: Principal, action: Action, about: Session | None
) -> UserError | None:
    try:
        await authorise(db, who, action, about)
    except UserError as error:
        return error
    return None


@pytest.mark.parametrize("name", REACH)
async def test_a_session_is_touched_by_whom_the_table_lets_when_it_lets(
    small_house: House, people: dict[str, Principal], name: str
) -> None:
    who, reach = people[name], REACH[name]
    async with small_house.db.read() as db:
        for state in SessionState:
            about = await db.get_one(Session, f"{list(SessionState).index(state):032x}")
            for action in OF_SESSION:
                refused = await refusal(db, who, action, about)
                wanted = allowed(who.role.value, action.value, reach, state)
                assert (refused is None) is wanted, (name, action, state)
                if not reach and who.role in (Role.MEDIATOR, Role.LAWYER):
                    # Of another's session one does not learn that it is there, let alone how it is.
                    assert isinstance(refused, NotFound), (name, action, state)


@pytest.mark.parametrize("name", REACH)
async def test_what_concerns_no_session_is_let_by_role_alone(
    small_house: House, people: dict[str, Principal], name: str
) -> None:
    who = people[name]
    async with small_house.db.read() as db:
        for action in OF_NONE:
            refused = await refusal(db, who, action, None)
            wanted = allowed(who.role.value, action.value, frozenset(), None)
            assert (refused is None) is wanted, (name, action)


def test_every_command_is_in_one_of_the_two() -> None:
    assert {route.action for route in COMMANDS.values()} == set(OF_SESSION) | set(OF_NONE)
    assert len(OF_SESSION) > len(OF_NONE) > 0
