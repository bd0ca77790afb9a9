"""Answers to the notice (告知与同意): given, refused, taken back; in a dated wording."""

from dataclasses import dataclass
from datetime import datetime

from server.sessions import repository
from server.sessions.room.lobby import own_guest
from server.sessions.room.present import reconsider
from server.sessions.service import Answer, Call
from server.storage.schema import Consent, NoticeText, Person, Session
from signaling.commands import AnswerConsent
from signaling.consent import How, Subject
from signaling.errors import NotAllowed, NotFound, UserError
from signaling.events import EventType
from signaling.recording import RecordingState
from signaling.rights import Role


class TheirOwnAnswer(NotAllowed):
    """Somebody elsewhere has a device of their own to say it on."""

    code = "their_own_answer"
    message = "这位当事人不在终端旁，请由本人在自己的手机上回答。"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose answer it is: a person's, or an account's own."""

    person: Person | None
    account_id: str | None

    @property
    def key(self) -> dict[str, str]:
        """The id for the log."""
        if self.person is not None:
            return {"person": self.person.id}
        return {"account": self.account_id or ""}


async def answer(call: Call) -> Answer:
    """Store an answer; a yes taken back pauses the recording, as soon as this is committed."""
    body: AnswerConsent = call.body
    turn, session = call.turn, call.about
    notice = await repository.notice_by_version(turn.db, body.notice)
    if notice is None:
        raise UserError("unknown_notice", "告知书已更新，请重新阅读后再确认。")
    person = await speaks_for(call)
    whose = Whose(person, None if person else call.principal.account_id)
    before = await _before(call, whose, body.subject)
    if call.principal.role is Role.MEDIATOR:
        _check_noted(body, whose, before)
    turn.db.add(_consent(call, body, notice, whose))
    event = _event(body.given, before)
    detail = {"subject": body.subject.value, "notice": notice.version, "how": body.how.value}
    turn.log(session, event, detail | whose.key)
    await reconsider(turn, session)
    return {}


async def speaks_for(call: Call) -> Person | None:
    """Return the party whose answer it is; None: it is the account's own.

    A guest answers for themselves, a mediator for whom they name, anybody else for oneself. Raises
    NotAllowed, NotFound, UserError ``guardian_needed``.
    """
    named, role = call.body.person, call.principal.role
    if named is not None and role is not Role.MEDIATOR:
        raise NotAllowed
    if role is Role.PARTY:
        named = (await own_guest(call)).person_id
    if named is None:
        return None
    person = await repository.person_of(call.turn.db, call.about.id, named)
    if person is None:
        raise NotFound
    if person.minor and not person.guardian and call.body.given:
        raise UserError("guardian_needed", "未成年人须由监护人同意：请先登记监护人。")
    return person


def _check_noted(body: AnswerConsent, whose: Whose, before: bool | None) -> None:
    """What the mediator notes for somebody elsewhere was spoken, and takes back no refusal."""
    if whose.person is None or whose.person.here:
        return
    if body.how is not How.SPOKEN or (body.given and before is False):
        raise TheirOwnAnswer


async def _before(call: Call, whose: Whose, subject: Subject) -> bool | None:
    """Return the newest answer until now; of two answers of one moment the no counts."""
    consents = await repository.consents_of(call.turn.db, call.about.id)
    own = [
        consent
        for consent in consents
        if consent.subject == subject
        and consent.person_id == (whose.person.id if whose.person else None)
        and consent.account_id == whose.account_id
    ]
    newest = max(own, key=lambda one: (one.at, not one.given), default=None)
    return newest.given if newest else None


def _event(given: bool, before: bool | None) -> EventType:
    if given:
        return EventType.CONSENT_GIVEN
    return EventType.CONSENT_WITHDRAWN if before else EventType.CONSENT_REFUSED


def _consent(call: Call, body: AnswerConsent, notice: NoticeText, whose: Whose) -> Consent:
    return Consent(
        session_id=call.about.id,
        person_id=whose.person.id if whose.person else None,
        account_id=whose.account_id,
        subject=body.subject,
        given=body.given,
        notice_version=notice.version,
        at=call.turn.now,
        how=body.how,
        media_seconds=_spoken_at(call.about, body.how, call.turn.now),
        guardian=whose.person.guardian if whose.person and whose.person.minor else "",
    )


def _spoken_at(session: Session, how: How, now: datetime) -> float | None:
    """Return where in the recording a spoken answer can be heard; None where none runs."""
    runs = session.recording is RecordingState.RECORDING and session.recording_at is not None
    if how is not How.SPOKEN or not runs or session.recording_at is None:
        return None
    return round(max(0.0, (now - session.recording_at).total_seconds()), 3)
