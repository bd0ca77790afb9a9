"""What the service asks of people before their account opens anything else."""

from dataclasses import dataclass
from enum import StrEnum

from server.settings import Settings
from server.storage.schema import Account
from server.web.principal import Owed
from signaling.errors import UserError
from signaling.rights import Role

SHORTEST_PASSWORD = 10
WITH_SECOND_FACTOR = frozenset({Role.LAWYER, Role.ADMIN, Role.SUPERVISOR})
"""Mediators have another one already: the terminal itself, enrolled and in a locked room."""


class SecondFactorRule(StrEnum):
    """Whether people at desks sign in with a one-time code as well."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


class WeakPassword(UserError):
    """A password that somebody could guess."""

    code = "weak_password"
    message = f"新密码至少 {SHORTEST_PASSWORD} 位，不能和旧密码或用户名相同，也不能只有一两种字符。"


@dataclass(frozen=True, slots=True)
class Policy:
    """``own_password``: a password that somebody else has seen must be changed first."""

    second_factor: SecondFactorRule = SecondFactorRule.OPTIONAL
    own_password: bool = False

    @classmethod
    def of(cls, settings: Settings) -> "Policy":
        """Return the policy that the settings describe."""
        return cls(SecondFactorRule(settings.second_factor), settings.production)

    def owed(self, account: Account, *, enrolled: bool) -> Owed | None:
        """Return what this person must settle first."""
        if self.own_password and account.first_password:
            return Owed.PASSWORD
        if self.second_factor is SecondFactorRule.REQUIRED and not enrolled:
            return Owed.SECOND_FACTOR if account.role in WITH_SECOND_FACTOR else None
        return None

    def offers_codes(self, role: Role) -> bool:
        """Tell whether somebody of this role may set up one-time codes."""
        return self.second_factor is not SecondFactorRule.OFF and role in WITH_SECOND_FACTOR

    def asks_code(self, *, enrolled: bool) -> bool:
        """Tell whether sign-in wants a code of somebody who has set them up."""
        return enrolled and self.second_factor is not SecondFactorRule.OFF


def check_new_password(username: str, old: str, new: str) -> None:
    """Raise WeakPassword for what guessing would find early."""
    folded = new.casefold()
    if len(new) < SHORTEST_PASSWORD or new == old or username in folded or len(set(folded)) < 4:
        raise WeakPassword
