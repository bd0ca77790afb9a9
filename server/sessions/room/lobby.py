"""The lobby (等候室): knock, let in, send out, refuse, leave; who is who; who must never meet."""

from datetime import timedelta

from server.accounts.guests import let_logins_run_out
from server.sessions import repository
from server.sessions.room import aside
from server.sessions.room.present import reconsider
from server.sessions.seats import Sitter, move_up, take_seat
from server.sessions.service import Answer, Call
from server.sessions.turn import Turn, step_participant
from server.storage.schema import (
    Guest,
    IdentityCheck,
    KeptApart,
    Person,
    Session,
)
from signaling.commands import IdentityWay, KnowPerson
from signaling.commands import KeepApart as KeepThemApart
from signaling.consent import Subject
from signaling.errors import Conflict, NotFound, UserError
from signaling.events import EventType
from signaling.guest import GUEST, GuestEvent, GuestState
from signaling.machine import IllegalTransition
from signaling.participant import ParticipantEvent
from signaling.rights import Role

LAST_PAGE = timedelta(minutes=30)
"""How long a guest's login outlives the session: long enough to read how it goes on."""

ASKED = (Subject.RIGHTS, Subject.LAWYER_PRESENCE, Subject.RECORDING, Subject.PERSONAL_DATA)
"""What everybody from elsewhere is asked before they come in."""


def step_guest(turn: Turn, guest: Guest, event: GuestEvent) -> None:
    """Move a guest on; raise Conflict where the table says no."""
    try:
        guest.state = GUEST.step(guest.state, event)
    except IllegalTransition as illegal:
        raise Conflict from illegal
    guest.since = turn.now


async def own_guest(call: Call) -> Guest:
    """Return the guest who sends this command."""
    guest = await repository.guest_of_account(call.turn.db, call.principal.account_id)
    if guest is None or guest.session_id != call.about.id:
        raise NotFound
    return guest


async def _named(call: Call) -> tuple[Person, Guest]:
    person = await repository.person_of(call.turn.db, call.about.id, call.body.person)
    guest = await repository.guest_of_person(call.turn.db, person.id) if person else None
    if person is None or guest is None:
        raise NotFound
    return person, guest


async def knock(call: Call) -> Answer:
    """Wait in the lobby; whoever has not been asked everything is not ready."""
    guest = await own_guest(call)
    consents = await repository.consents_of(call.turn.db, call.about.id)
    answered = {consent.subject for consent in consents if consent.person_id == guest.person_id}
    if not answered >= set(ASKED):
        raise UserError("not_asked_yet", "请先看完告知书并回答每一项，再进入等候室。")
    step_guest(call.turn, guest, GuestEvent.KNOCK)
    guest.words = ""
    call.turn.log(call.about, EventType.GUEST_KNOCKED, {"person": guest.person_id})
    return {}


async def know_person(call: Call) -> Answer:
    """Note how the mediator knows who it is; from now on that is the name in the room."""
    body: KnowPerson = call.body
    turn, session = call.turn, call.about
    person = await repository.person_of(turn.db, session.id, body.person)
    if person is None:
        raise NotFound
    if body.way is IdentityWay.NOT_POSSIBLE and not body.words:
        raise UserError("say_why", "请写明为什么没有核验身份。")
    turn.db.add(
        IdentityCheck(
            session_id=session.id,
            person_id=person.id,
            name=body.name,
            way=body.way,
            words=body.words,
            by_id=call.principal.account_id,
            at=turn.now,
        )
    )
    person.name = body.name
    await _rename(turn, session, person)
    turn.log(session, EventType.GUEST_KNOWN, {"person": person.id, "way": body.way.value})
    return {}


async def _rename(turn: Turn, session: Session, person: Person) -> None:
    guest = await repository.guest_of_person(turn.db, person.id)
    account = await repository.guest_account(turn.db, guest) if guest else None
    if account is None:
        return
    account.name = person.name
    mine = await repository.participant_of(turn.db, session.id, account.id)
    if mine is not None:
        mine.name = person.name


async def admit(call: Call) -> Answer:
    """Let one person in: known, a place free, and nobody there whom they must not meet."""
    person, guest = await _named(call)
    turn, session = call.turn, call.about
    if person.id not in await repository.identities_of(turn.db, session.id):
        raise Conflict("not_known_yet", "请先核验身份（或写明无法核验的原因），再请对方进来。")
    await _keep_out_whom_they_must_not_meet(turn, session, person)
    caucus = await repository.open_caucus(turn.db, session.id)
    if caucus is not None:
        raise Conflict("aside_first", "正在单独谈话，请先回到共同房间，再请人进来。")
    step_guest(turn, guest, GuestEvent.ADMIT)
    guest.admitted_at, guest.words = turn.now, ""
    who = Sitter(guest.account_id, Role.PARTY, person.name)
    participant = await take_seat(turn, session, who)
    participant.name, participant.hushed = person.name, False
    turn.log(session, EventType.GUEST_ADMITTED, {"person": person.id}, participant)
    await reconsider(turn, session)
    return {}


async def _keep_out_whom_they_must_not_meet(turn: Turn, session: Session, person: Person) -> None:
    there = {guest.person_id for guest in await repository.guests_inside(turn.db, session.id)}
    there |= {one.id for one in await repository.persons_of(turn.db, session.id) if one.here}
    for pair in await repository.kept_apart(turn.db, session.id):
        if person.id in pair and there & (set(pair) - {person.id}):
            raise Conflict(
                "kept_apart",
                "这两位不得相见：请先请另一位回等候室，再请这位进来，分别调解。",
            )


async def send_out(call: Call) -> Answer:
    """Send somebody back into the lobby; they may be let in again."""
    person, guest = await _named(call)
    step_guest(call.turn, guest, GuestEvent.SEND_OUT)
    guest.words = call.body.words
    await go_out(call.turn, call.about, guest)
    call.turn.log(call.about, EventType.GUEST_SENT_OUT, {"person": person.id})
    return {}


async def refuse(call: Call) -> Answer:
    """Do not let somebody in, or not any more; their link is void."""
    person, guest = await _named(call)
    step_guest(call.turn, guest, GuestEvent.REFUSE)
    guest.words = call.body.words
    await void_invitations(call.turn, guest)
    await let_logins_run_out(call.turn.db, [guest.account_id], call.turn.now + LAST_PAGE)
    await go_out(call.turn, call.about, guest)
    call.turn.log(call.about, EventType.GUEST_REFUSED, {"person": person.id})
    return {}


async def leave(call: Call) -> Answer:
    """Leave by oneself, from the lobby or the room; knocking again is possible."""
    guest = await own_guest(call)
    step_guest(call.turn, guest, GuestEvent.LEAVE)
    await go_out(call.turn, call.about, guest)
    call.turn.log(call.about, EventType.GUEST_LEFT, {"person": guest.person_id})
    return {}


async def void_invitations(turn: Turn, guest: Guest) -> None:
    """End the links and codes of a guest."""
    for invitation in await repository.open_invitations(turn.db, guest.id):
        invitation.ended_at = turn.now


async def go_out(turn: Turn, session: Session, guest: Guest) -> None:
    """Take a guest out of the room, and out of a talk apart, if they were in one."""
    mine = await repository.participant_of(turn.db, session.id, guest.account_id)
    if mine is None or not step_participant(mine, ParticipantEvent.LEAVE):
        return
    mine.hand_at = mine.called_at = None
    await aside.end_with(turn, session, guest.person_id)
    turn.log(session, EventType.PARTICIPANT_LEFT, participant=mine)
    await move_up(turn, session)
    await reconsider(turn, session)


async def keep_apart(call: Call) -> Answer:
    """These two never meet from now on; if they are together, the one from elsewhere goes out."""
    body: KeepThemApart = call.body
    turn, session = call.turn, call.about
    one, other = sorted((body.one, body.other))
    persons = [await repository.person_of(turn.db, session.id, who) for who in (one, other)]
    first, second = persons
    if first is None or second is None or first is second:
        raise NotFound
    if first.here and second.here:
        raise Conflict("both_here", "两位都在终端旁：请先让其中一位改用自己的手机加入。")
    if (one, other) in await repository.kept_apart(turn.db, session.id):
        return {}
    turn.db.add(
        KeptApart(
            session_id=session.id,
            one_id=one,
            other_id=other,
            reason=body.reason,
            by_id=call.principal.account_id,
            at=turn.now,
        )
    )
    turn.log(session, EventType.PERSONS_KEPT_APART, {"one": one, "other": other})
    await _part(turn, session, first, second)
    return {}


async def _part(turn: Turn, session: Session, first: Person, second: Person) -> None:
    """Send out whoever of the two came in later, if both are in."""
    inside = {g.person_id: g for g in await repository.guests_inside(turn.db, session.id)}
    both = [who for who in (first, second) if who.here or who.id in inside]
    if len(both) < 2:
        return
    guests = [inside[who.id] for who in both if who.id in inside]
    last = max(guests, key=lambda guest: (guest.since, guest.id))
    step_guest(turn, last, GuestEvent.SEND_OUT)
    await go_out(turn, session, last)
    turn.log(session, EventType.GUEST_SENT_OUT, {"person": last.person_id})


async def dismiss(turn: Turn, session: Session) -> None:
    """The session is over: nobody waits any more, no link opens anything."""
    guests = await repository.guests_of(turn.db, session.id)
    await let_logins_run_out(turn.db, [one.account_id for one in guests], turn.now + LAST_PAGE)
    for guest in guests:
        await void_invitations(turn, guest)
        if guest.state is not GuestState.OVER:
            step_guest(turn, guest, GuestEvent.END)
    await aside.end_any(turn, session)
