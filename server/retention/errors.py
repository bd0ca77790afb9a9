"""Why a hold or a deletion is refused."""

from signaling.errors import Conflict


class NotOverYet(Conflict):
    """The talk goes on."""

    code = "not_over_yet"
    message = "会话还没有结束，结束后才能办理。"


class NothingRecorded(Conflict):
    """There is no recording to destroy."""

    code = "not_recorded"
    message = "这次会话没有录音录像。"


class OnHold(Conflict):
    """A hold stands over everything."""

    code = "on_hold"
    message = "这次会话的录音录像已被保全，解除保全以前不能销毁。"


class AlreadyHeld(Conflict):
    """One hold at a time."""

    code = "already_held"
    message = "这次会话的录音录像已经保全。"


class NotHeld(Conflict):
    """There is nothing to release."""

    code = "not_held"
    message = "这次会话的录音录像没有被保全。"


class AlreadyProposed(Conflict):
    """One deletion at a time."""

    code = "deletion_under_way"
    message = "已经有人提出销毁，请在待办里处理。"


class NothingToConfirm(Conflict):
    """Nobody has proposed it, or it has moved on."""

    code = "no_deletion"
    message = "没有待确认的销毁，请刷新后再看。"


class Erased(Conflict):
    """The recording is destroyed, or is being destroyed."""

    code = "recording_erased"
    message = "这次会话的录音录像已按规定销毁，只留有销毁证明。"
