"""Commands of the duty desk: calls, call-backs, being on duty."""

from dataclasses import dataclass
from enum import StrEnum

from signaling.commands.fields import Id, OfSession, ShortReason


class DeclineReason(StrEnum):
    """Why a lawyer does not take a call."""

    CONFLICT = "conflict"  # 利益冲突
    BUSY = "busy"  # 正在处理
    OTHER = "other"


class HandOverKind(StrEnum):
    """What a colleague is asked for."""

    TRANSFER = "transfer"  # 转接: they take the talk over
    CALL_IN = "call_in"  # 请同事一起: they join it


@dataclass(frozen=True, slots=True)
class AcceptCall(OfSession):
    """Take the call; exactly one lawyer gets it. ``recording``: the lawyer's own consent."""

    recording: bool


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


@dataclass(frozen=True, slots=True)
class HandOver(OfSession):
    """Ring a colleague: to take the talk over, or to join it.

    ``lawyer``: whom; None: whoever is free, by the policy. ``reason``: shown to who is rung.
    """

    lawyer: Id | None
    kind: HandOverKind
    reason: ShortReason = ""


@dataclass(frozen=True, slots=True)
class StopHandOver(OfSession):
    """Stop ringing the colleague."""


@dataclass(frozen=True, slots=True)
class GiveBack(OfSession):
    """Give the call back to the desk: somebody else is rung."""

    reason: ShortReason = ""


@dataclass(frozen=True, slots=True)
class LeaveTalk(OfSession):
    """Leave a talk that one was called into; the others go on."""
