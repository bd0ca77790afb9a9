"""The vocabulary of the audit log."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class AuditAction(StrEnum):
    """What was done. A word, once used, keeps its meaning: old entries still say it."""

    SIGN_IN = "sign_in"
    SIGN_IN_BLOCKED = "sign_in_blocked"
    SIGN_OUT = "sign_out"
    TERMINAL_CODE_MADE = "terminal_code_made"
    TERMINAL_ENROLLED = "terminal_enrolled"
    TERMINAL_REVOKED = "terminal_revoked"
    DATA_IMPORTED = "data_imported"
    SESSION_READ = "session_read"
    RECORDING_OPENED = "recording_opened"
    AUDIT_READ = "audit_read"


LABELS: Mapping[AuditAction, str] = MappingProxyType(
    {
        AuditAction.SIGN_IN: "登录",
        AuditAction.SIGN_IN_BLOCKED: "登录失败过多，暂停",
        AuditAction.SIGN_OUT: "退出",
        AuditAction.TERMINAL_CODE_MADE: "生成终端登记码",
        AuditAction.TERMINAL_ENROLLED: "终端登记",
        AuditAction.TERMINAL_REVOKED: "终端注销",
        AuditAction.DATA_IMPORTED: "导入资料",
        AuditAction.SESSION_READ: "查看调解记录",
        AuditAction.RECORDING_OPENED: "打开录音录像",
        AuditAction.AUDIT_READ: "查阅审计日志",
    }
)
