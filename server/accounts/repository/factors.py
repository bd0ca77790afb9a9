"""One-time codes: the app's secret, and the codes on paper."""

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, delete, func, select, update

from server.storage.engine import Transaction
from server.storage.schema import RecoveryCode, SecondFactor


async def factor_of(db: Transaction, account_id: str) -> SecondFactor | None:
    """Return what somebody has set up or begun to."""
    return await db.get(SecondFactor, account_id)


async def take_step(db: Transaction, account_id: str, step: int) -> bool:
    """Use up a step and all before it; False when it was used up already."""
    newer = (
        update(SecondFactor)
        .where(SecondFactor.account_id == account_id, SecondFactor.last_step < step)
        .values(last_step=step)
    )
    return cast("CursorResult[None]", await db.execute(newer)).rowcount == 1


async def use_recovery_code(
    db: Transaction, account_id: str, code_hash: str, now: datetime
) -> bool:
    """Use up a code on paper; False if it is unknown, another's or used."""
    taken = (
        update(RecoveryCode)
        .where(RecoveryCode.code_hash == code_hash, RecoveryCode.account_id == account_id)
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=now)
    )
    return cast("CursorResult[None]", await db.execute(taken)).rowcount == 1


async def recovery_codes_left(db: Transaction, account_id: str) -> int:
    """Return how many codes on paper still work."""
    left = select(func.count()).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return await db.scalar(left) or 0


async def forget_recovery_codes(db: Transaction, account_id: str) -> None:
    """Delete the codes on paper."""
    await db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


async def forget_factor(db: Transaction, account_id: str) -> bool:
    """Delete everything about somebody's codes; False if nothing was set up."""
    await forget_recovery_codes(db, account_id)
    gone = delete(SecondFactor).where(SecondFactor.account_id == account_id)
    return cast("CursorResult[None]", await db.execute(gone)).rowcount == 1
