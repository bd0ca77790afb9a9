"""Whether talks apart may be recorded (背对背谈话录音录像), and the wording that people agree to.

Off until an admin allows it. Each change is a policy of its own with a version, so that a consent
always names the wording that was read. No rule of law is known that speaks of recordings of such
talks: the legal basis of the wording is to be confirmed (待确认).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from server.audit.actions import AuditAction
from server.audit.log import append
from server.review.repository import apart as rows
from server.review.repository.rows import account_names
from server.storage.engine import Database
from server.storage.schema import ApartPolicy
from server.web.principal import Principal
from signaling.codec import Text
from signaling.moments import maybe_milliseconds

Json = dict[str, Any]

WORDING = (
    "调解员请求为这段单独谈话录音录像。参加谈话的每个人都同意才会开始；任何人随时可以收回同意，"
    "录制立即停止。不同意不影响单独谈话，也不影响调解。\n"
    "这段录音录像与会话的录音录像分开：单独加密、单独封存，不给没有参加谈话的人看或听，"
    "也不写进会话的证据包和视频。以后只有管理员说明用途、经另一个人批准才能观看，每次观看都有记录。"
    "保管期限和销毁与本次会话相同。（法律依据：待确认）"
)
"""What is proposed to the admin who allows it for the first time."""


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """Allow it or not; ``body``: the wording that everybody in a talk apart is asked with."""

    allowed: bool
    body: Annotated[str, Text(2000, 1)]


@dataclass(frozen=True, slots=True)
class ApartRule:
    """What the page of retention shows and sets."""

    db: Database
    clock: Callable[[], datetime]

    async def now(self) -> Json:
        """Return the policy in force; before the first one: not allowed."""
        async with self.db.read() as db:
            found = await rows.policy_now(db)
            names = await account_names(db, [found.set_by_id] if found else [])
        return {
            "allowed": found is not None and found.allowed,
            "version": found.version if found else "",
            "body": found.body if found else WORDING,
            "set_at": maybe_milliseconds(found.set_at if found else None),
            "set_by": names.get(found.set_by_id, "") if found else "",
        }

    async def set(self, principal: Principal, wanted: SetPolicy) -> None:
        """Set it from now on; talks apart that are being recorded go on."""
        now = self.clock()
        async with self.db.write() as db:
            version = f"apart-{await rows.count_policies(db) + 1}"
            db.add(
                ApartPolicy(
                    version=version,
                    allowed=wanted.allowed,
                    body=wanted.body,
                    set_at=now,
                    set_by_id=principal.account_id,
                )
            )
            detail: dict[str, str | int] = {"version": version, "allowed": int(wanted.allowed)}
            append(db, AuditAction.APART_SET, now, principal.account_id, version, detail)
