"""One-time codes (动态口令, TOTP): set up with an app, asked at the desk's sign-in.

A code counts once: its 30-second step, and every step before, is used up with it. The secret is
kept encrypted (safe.py), for the service must compute the same codes; codes on paper as hashes.
"""

import asyncio
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno

from server.accounts.policy import Policy, SecondFactorRule
from server.accounts.repository import factors as repository
from server.accounts.safe import Safe
from server.accounts.throttle import begin_try, code_limits, forgive
from server.accounts.tokens import digest, new_password, plain_recovery_code
from server.audit import log as audit
from server.audit.actions import AuditAction
from server.storage.engine import Database, Transaction
from server.storage.schema import RecoveryCode, SecondFactor
from server.web.errors import SignInNeeded
from signaling.errors import Conflict, NotAllowed
from signaling.rights import Role

ISSUER = "云调"
STEP_S = 30
LATE_OR_EARLY = (0, -1, 1)  # phones' clocks are a little off
ON_PAPER = 10


class CodeNeeded(SignInNeeded):
    """The password was right; a one-time code is wanted as well."""

    code = "code_needed"
    message = "请输入动态口令。"


class WrongOneTimeCode(SignInNeeded):
    """Wrong, too old, or used before: the answer is the same."""

    code = "wrong_one_time_code"
    message = "动态口令不正确或已用过，请等手机上出现新的口令再输入。"


@dataclass(frozen=True, slots=True)
class SetUp:
    """What an app needs: the secret to type, or the picture that says the same."""

    secret: str
    picture: str


class SecondFactors:
    """Setting codes up, checking them, taking them away."""

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        policy: Policy,
        safe: Safe | None = None,
    ) -> None:
        """Secrets are kept in the ``safe``; without one they lie in the open."""
        self._safe = safe or Safe(None)
        self._db = db
        self._clock = clock
        self._policy = policy

    async def begin(self, account_id: str, role: Role, username: str) -> SetUp:
        """Make a secret that counts once it is confirmed; an older one counts until then."""
        if not self._policy.offers_codes(role):
            raise NotAllowed("no_codes", "这个账号不使用动态口令。")
        secret = pyotp.random_base32()
        locked = await asyncio.to_thread(self._safe.lock, secret, account_id)
        async with self._db.write() as write:
            factor = await repository.factor_of(write, account_id)
            if factor is None:
                factor = SecondFactor(account_id=account_id)
                write.add(factor)
            factor.pending = locked
        app = pyotp.TOTP(secret, name=username, issuer=ISSUER)
        return SetUp(
            secret, segno.make(app.provisioning_uri(), error="m").svg_data_uri(scale=5, border=2)
        )

    async def confirm(self, account_id: str, typed: str, address: str) -> Sequence[str]:
        """Let the new secret count, given a code of it; return the codes for paper."""
        limits, now = code_limits(account_id, address), self._clock()
        async with self._db.write() as write:
            await begin_try(write, limits, now)
        codes = [new_password() for _ in range(ON_PAPER)]
        async with self._db.write() as write:
            factor = await repository.factor_of(write, account_id)
            if factor is None or factor.pending is None:
                raise Conflict("not_begun", "请重新开始设置。")
            step = await self._step_of(account_id, factor.pending, typed, now)
            if step is None:
                raise WrongOneTimeCode
            factor.secret, factor.pending = factor.pending, None
            factor.last_step, factor.confirmed_at = step, now
            await repository.forget_recovery_codes(write, account_id)
            write.add_all(_on_paper(account_id, codes))
            await forgive(write, limits, now)
            audit.append(write, AuditAction.SECOND_FACTOR_SET, now, account_id, account_id)
        return codes

    async def check(self, account_id: str, typed: str, address: str) -> None:
        """Use up a code of the app or of the paper; raises WrongOneTimeCode, TooManyTries."""
        limits, now = code_limits(account_id, address), self._clock()
        async with self._db.write() as write:
            last = await begin_try(write, limits, now)
        async with self._db.write() as write:
            used = await self._use(write, account_id, typed, now)
            if used:
                await forgive(write, limits, now)
            elif last:
                audit.append(write, AuditAction.SIGN_IN_BLOCKED, now, subject=account_id)
        if not used:
            raise WrongOneTimeCode

    async def remove(self, account_id: str) -> None:
        """Sign in without codes from now on; refused where everybody must have them."""
        if self._policy.second_factor is SecondFactorRule.REQUIRED:
            raise NotAllowed("codes_required", "本系统要求使用动态口令，不能关闭，可以重新设置。")
        async with self._db.write() as write:
            if await repository.forget_factor(write, account_id):
                audit.append(
                    write, AuditAction.SECOND_FACTOR_REMOVED, self._clock(), account_id, account_id
                )

    async def _use(self, write: Transaction, account_id: str, typed: str, now: datetime) -> bool:
        factor = await repository.factor_of(write, account_id)
        if factor is None or factor.secret is None:
            return False
        step = await self._step_of(account_id, factor.secret, typed, now)
        if step is not None:
            return await repository.take_step(write, account_id, step)
        code_hash = _paper_hash(account_id, typed)
        if not await repository.use_recovery_code(write, account_id, code_hash, now):
            return False
        audit.append(write, AuditAction.RECOVERY_CODE_USED, now, account_id, account_id)
        return True

    async def _step_of(self, account_id: str, stored: str, typed: str, now: datetime) -> int | None:
        secret = await asyncio.to_thread(self._safe.unlock, stored, account_id)
        return _step_of(secret, typed, now)


def _step_of(secret: str, typed: str, now: datetime) -> int | None:
    """Return the 30-second step whose code was typed, if it is near enough."""
    app, step = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    given = "".join(typed.split()).encode()
    for near in LATE_OR_EARLY:
        if hmac.compare_digest(app.generate_otp(step + near).encode(), given):
            return step + near
    return None


def _paper_hash(account_id: str, typed: str) -> str:
    return digest(f"{account_id}:{plain_recovery_code(typed)}")


def _on_paper(account_id: str, codes: Sequence[str]) -> list[RecoveryCode]:
    return [
        RecoveryCode(code_hash=_paper_hash(account_id, code), account_id=account_id)
        for code in codes
    ]
