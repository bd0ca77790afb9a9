"""Commands of the duty desk: calls, call-backs, being on duty."""

from dataclasses import dataclass
from enum import StrEnum

from signaling.commands.fields import OfSession, ShortReason


class DeclineReason(StrEnum):
    """Why a lawyer does not take a call."""

    CONFLICT = "conflict"  # 利益冲突
    BUSY = "busy"  # 正在处理
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AcceptCall(OfSession):
    """Take the call; exactly one lawyer gets it. ``recording``: the lawyer's own consent."""

    recording: bool = True


@dataclass(frozen=True, slots=True)
class DeclineCall(OfSession):
    """Do not take the call."""

    reason: DeclineReason


@dataclass(frozen=True, slots=True)
class CallbackDone(OfSession):
    """Somebody on duty has called these people back."""


@dataclass(frozen=True, slots=True)
class GoOnDuty:
    """The lawyer can be rung from now on; on ``standby`` only after everybody on duty was."""

    standby: bool = False
    reason: ShortReason = ""


@dataclass(frozen=True, slots=True)
class GoOffDuty:
    """The lawyer is not rung any more."""

    reason: ShortReason = ""
