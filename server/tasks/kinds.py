"""What tasks are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class TaskKind(StrEnum):
    """A kind of task. A word, once used, keeps its meaning: old tasks still say it."""

    PROOF_FAILED = "proof_failed"  # nightly proof; subject: session
    RECORDING_ALARM = "recording_alarm"  # a recorder that fails or stalls; subject: session
    RETENTION_DUE = "retention_due"  # 保管期满; subject: session
    DELETION_PROPOSED = "deletion_proposed"  # waits for a second person; subject: session
    ERASURE_FAILED = "erasure_failed"  # a confirmed deletion cannot be done; subject: session
    EXPORT_APPROVAL = "export_approval"  # waits for a second person; subject: session
    APART_APPROVAL = "apart_approval"  # waits for a second person; subject: session
    ARCHIVE_FAILED = "archive_failed"  # the object store refuses; subject: session
    WAITING_LONG = "waiting_long"  # somebody waits for a lawyer; subject: session
    TERMINAL_FAULT = "terminal_fault"  # a terminal's self-test failed; subject: station


@dataclass(frozen=True, slots=True)
class About:
    """How a kind is shown.

    ``place``: the page where it is looked into, with ``{subject}``. ``by_hand``: whoever looked
    into it ends it with a word; the others end when what they wait for is done.
    """

    label: str
    place: str
    by_hand: bool = True


_SESSION = "/admin/sessions/{subject}"
KINDS: Mapping[TaskKind, About] = MappingProxyType(
    {
        TaskKind.PROOF_FAILED: About("录音录像核对不符", _SESSION),
        TaskKind.RECORDING_ALARM: About("录音录像报警", _SESSION),
        TaskKind.RETENTION_DUE: About("保管期限已满", _SESSION, by_hand=False),
        TaskKind.DELETION_PROPOSED: About("销毁待第二人确认", _SESSION, by_hand=False),
        TaskKind.ERASURE_FAILED: About("销毁未完成", _SESSION),
        TaskKind.EXPORT_APPROVAL: About("导出待第二人批准", _SESSION, by_hand=False),
        TaskKind.APART_APPROVAL: About("观看背对背谈话待第二人批准", _SESSION, by_hand=False),
        TaskKind.ARCHIVE_FAILED: About("归档存储失败", _SESSION),
        TaskKind.WAITING_LONG: About("有人等候律师过久", "/admin/wall", by_hand=False),
        TaskKind.TERMINAL_FAULT: About("终端故障", "/admin/health/{subject}"),
    }
)
