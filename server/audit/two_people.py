"""Two people (双人办理): that they are two, and not one with two accounts.

An admin may add accounts, open shut ones, and make new passwords for others, and is told them: for
a while such an account is as good as the admin's own. It does not count as the second person of
that admin then, nor the other way round, nor beside another account of the same making.
"""

from datetime import datetime, timedelta

from server.audit.actions import AuditAction
from server.audit.repository import entries_since
from server.storage.engine import Transaction
from signaling.errors import NotAllowed

WATCHED = timedelta(days=14)
"""How long an account is as good as that of whoever let it in. Longer than any holiday (nine days):
whoever was given a new password has been at work and found out, and the others have had the time
to see in the list and in the log who is new."""

LETS_IN = frozenset(
    {
        AuditAction.PERSON_ADDED,
        AuditAction.ACCOUNT_ENABLED,
        AuditAction.ROLE_CHANGED,
        AuditAction.PASSWORD_RESET,
        AuditAction.SECOND_FACTOR_RESET,
    }
)


class SamePerson(NotAllowed):
    """Two people have to want it."""

    code = "same_person"
    message = "提出的人不能自己批准或确认，请由另一位管理员或督导办理。"


class NotIndependent(NotAllowed):
    """One of the two accounts was let in by the other, or both by a third, not long ago."""

    code = "not_independent"
    message = (
        "您与提出人的账号，在最近 14 天内有一方由另一方（或两方由同一人）新增、启用、"
        "改变角色或重置过密码或动态口令，不能作为两个人办理，请由另一位管理员或督导办理。"
    )


async def check_two_people(db: Transaction, first: str, second: str, now: datetime) -> None:
    """Check that these accounts are two people's. Raises SamePerson, NotIndependent."""
    if first == second:
        raise SamePerson
    since = now - WATCHED
    if await _hands(db, first, since) & await _hands(db, second, since):
        raise NotIndependent


async def _hands(db: Transaction, account_id: str, since: datetime) -> set[str]:
    """Return whose this account may be: its own, who let it in, who let these in, and so on."""
    found: set[str] = set()
    new = {account_id}
    while new:
        found |= new
        entries = await entries_since(db, LETS_IN, new, since)
        new = {one.actor_id for one in entries if one.actor_id is not None} - found
    return found
