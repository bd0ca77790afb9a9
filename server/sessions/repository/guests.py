"""People from elsewhere: guests, who must not meet, talks apart, messages."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import (
    Account,
    Caucus,
    Guest,
    IdentityCheck,
    Invitation,
    KeptApart,
    Message,
    Person,
)
from signaling.guest import GuestState


async def person_of(db: AsyncSession, session_id: str, person_id: str) -> Person | None:
    """Return a person of this session, or None."""
    person = await db.get(Person, person_id)
    return person if person is not None and person.session_id == session_id else None


async def guest_of_person(db: AsyncSession, person_id: str) -> Guest | None:
    """Return the person's guest, or None: never invited."""
    return await db.scalar(select(Guest).where(Guest.person_id == person_id))


async def guest_of_account(db: AsyncSession, account_id: str) -> Guest | None:
    """Return the guest whose account this is; an account is one guest's."""
    return await db.scalar(select(Guest).where(Guest.account_id == account_id))


async def guests_of(db: AsyncSession, session_id: str) -> Sequence[Guest]:
    """Return everybody who was invited, in the order of the invitations."""
    query = select(Guest).where(Guest.session_id == session_id).order_by(Guest.since, Guest.id)
    return (await db.scalars(query)).all()


async def guests_inside(db: AsyncSession, session_id: str) -> Sequence[Guest]:
    """Return the guests who have been let in."""
    return [one for one in await guests_of(db, session_id) if one.state is GuestState.INSIDE]


async def guest_account(db: AsyncSession, guest: Guest) -> Account | None:
    """Return the account that a guest signs in with."""
    return await db.get(Account, guest.account_id)


async def open_invitation(
    db: AsyncSession, *, token_hash: str = "", code_hash: str = ""
) -> Invitation | None:
    """Return the invitation with this token or code, if nobody has used it and none replaced it."""
    fits = or_(Invitation.token_hash == token_hash, Invitation.code_hash == code_hash)
    query = select(Invitation).where(fits, Invitation.ended_at.is_(None))
    return await db.scalar(query.with_for_update())


async def open_invitations(db: AsyncSession, guest_id: str) -> Sequence[Invitation]:
    """Return a guest's invitations that still work."""
    query = select(Invitation).where(Invitation.guest_id == guest_id, Invitation.ended_at.is_(None))
    return (await db.scalars(query)).all()


async def identities_of(db: AsyncSession, session_id: str) -> dict[str, IdentityCheck]:
    """Return the newest check of each person, by person."""
    query = (
        select(IdentityCheck)
        .where(IdentityCheck.session_id == session_id)
        .order_by(IdentityCheck.at, IdentityCheck.id)
    )
    return {check.person_id: check for check in (await db.scalars(query)).all()}


async def kept_apart(db: AsyncSession, session_id: str) -> Sequence[tuple[str, str]]:
    """Return the pairs of persons who must not meet, each smaller id first."""
    query = select(KeptApart).where(KeptApart.session_id == session_id).order_by(KeptApart.at)
    return [(pair.one_id, pair.other_id) for pair in (await db.scalars(query)).all()]


async def open_caucus(db: AsyncSession, session_id: str) -> Caucus | None:
    """Return the talk apart that has not ended, or None."""
    query = select(Caucus).where(Caucus.session_id == session_id, Caucus.ended_at.is_(None))
    return await db.scalar(query)


async def messages_of(db: AsyncSession, session_id: str) -> Sequence[Message]:
    """Return what was written, oldest first."""
    query = select(Message).where(Message.session_id == session_id)
    return (await db.scalars(query.order_by(Message.at, Message.id))).all()
