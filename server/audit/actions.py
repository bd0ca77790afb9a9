"""The vocabulary of the audit log."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class AuditAction(StrEnum):
    """What was done. A word, once used, keeps its meaning: old entries still say it."""

    SIGN_IN = "sign_in"
    SIGN_IN_BLOCKED = "sign_in_blocked"
    SIGN_OUT = "sign_out"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    SECOND_FACTOR_RESET = "second_factor_reset"
    RECOVERY_CODE_USED = "recovery_code_used"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- a word
    PASSWORD_RESET = "password_reset"  # noqa: S105 -- a word
    LOGINS_ENDED = "logins_ended"
    PERSON_ADDED = "person_added"
    PERSON_CHANGED = "person_changed"
    ROLE_CHANGED = "role_changed"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    TERMINAL_CODE_MADE = "terminal_code_made"
    TERMINAL_ENROLLED = "terminal_enrolled"
    TERMINAL_REVOKED = "terminal_revoked"
    ROSTER_CHANGED = "roster_changed"
    APPOINTMENT_CHANGED = "appointment_changed"
    UNATTENDED_SET = "unattended_set"
    CONFLICT_DECLARED = "conflict_declared"
    CONFLICT_WITHDRAWN = "conflict_withdrawn"
    TERMINAL_RENAMED = "terminal_renamed"
    STATION_CHANGED = "station_changed"
    VILLAGE_ADDED = "village_added"
    VILLAGE_CHANGED = "village_changed"
    TEXT_ADDED = "text_added"
    DATA_IMPORTED = "data_imported"
    SESSION_READ = "session_read"
    RECORDING_OPENED = "recording_opened"
    RECORDING_VERIFIED = "recording_verified"
    EXPORT_REQUESTED = "export_requested"
    EXPORT_FETCHED = "export_fetched"
    EXPORT_APPROVED = "export_approved"
    EXPORT_REFUSED = "export_refused"
    APART_SET = "apart_set"  # whether talks apart may be recorded, and the wording
    APART_ASKED = "apart_asked"
    APART_APPROVED = "apart_approved"
    APART_REFUSED = "apart_refused"
    APART_OPENED = "apart_opened"
    DATA_EXPORTED = "data_exported"
    AUDIT_READ = "audit_read"
    AUDIT_EXPORTED = "audit_exported"
    TASK_TAKEN = "task_taken"
    TASK_DONE = "task_done"
    PROOF_ASKED = "proof_asked"
    RETENTION_SET = "retention_set"
    HOLD_PLACED = "hold_placed"
    HOLD_RELEASED = "hold_released"
    DELETION_PROPOSED = "deletion_proposed"
    DELETION_CONFIRMED = "deletion_confirmed"
    DELETION_WITHDRAWN = "deletion_withdrawn"
    RECORDING_ERASED = "recording_erased"


LABELS: Mapping[AuditAction, str] = MappingProxyType(
    {
        AuditAction.SIGN_IN: "登录",
        AuditAction.SIGN_IN_BLOCKED: "登录失败过多，暂停",
        AuditAction.SIGN_OUT: "退出",
        AuditAction.SECOND_FACTOR_SET: "设置动态口令",
        AuditAction.SECOND_FACTOR_REMOVED: "关闭动态口令",
        AuditAction.SECOND_FACTOR_RESET: "重置他人动态口令",
        AuditAction.RECOVERY_CODE_USED: "使用备用码登录",
        AuditAction.PASSWORD_CHANGED: "修改密码",
        AuditAction.PASSWORD_RESET: "重置他人密码",
        AuditAction.LOGINS_ENDED: "结束其他登录",
        AuditAction.PERSON_ADDED: "新增人员",
        AuditAction.PERSON_CHANGED: "修改人员",
        AuditAction.ROLE_CHANGED: "改变他人角色",
        AuditAction.ACCOUNT_DISABLED: "停用账号",
        AuditAction.ACCOUNT_ENABLED: "启用账号",
        AuditAction.TERMINAL_CODE_MADE: "生成终端登记码",
        AuditAction.TERMINAL_ENROLLED: "终端登记",
        AuditAction.TERMINAL_REVOKED: "终端注销",
        AuditAction.ROSTER_CHANGED: "修改值班表",
        AuditAction.APPOINTMENT_CHANGED: "预约、改期、取消预约",
        AuditAction.UNATTENDED_SET: "设定终端无人值守",
        AuditAction.CONFLICT_DECLARED: "申报回避",
        AuditAction.CONFLICT_WITHDRAWN: "撤回回避申报",
        AuditAction.TERMINAL_RENAMED: "给终端命名",
        AuditAction.STATION_CHANGED: "修改工作站",
        AuditAction.VILLAGE_ADDED: "新增村居",
        AuditAction.VILLAGE_CHANGED: "修改村居",
        AuditAction.TEXT_ADDED: "新增告知书文本",
        AuditAction.DATA_IMPORTED: "导入资料",
        AuditAction.SESSION_READ: "查看调解记录",
        AuditAction.RECORDING_OPENED: "打开录音录像",
        AuditAction.RECORDING_VERIFIED: "核验录音录像",
        AuditAction.EXPORT_REQUESTED: "申请导出录像",
        AuditAction.EXPORT_FETCHED: "下载导出录像",
        AuditAction.EXPORT_APPROVED: "批准导出录像",
        AuditAction.EXPORT_REFUSED: "不批准导出录像",
        AuditAction.APART_SET: "设定背对背谈话可否录音录像",
        AuditAction.APART_ASKED: "申请观看背对背谈话",
        AuditAction.APART_APPROVED: "批准观看背对背谈话",
        AuditAction.APART_REFUSED: "不批准观看背对背谈话",
        AuditAction.APART_OPENED: "观看背对背谈话",
        AuditAction.DATA_EXPORTED: "导出资料",
        AuditAction.AUDIT_READ: "查阅审计日志",
        AuditAction.AUDIT_EXPORTED: "导出审计日志",
        AuditAction.TASK_TAKEN: "领取待办",
        AuditAction.TASK_DONE: "办结待办",
        AuditAction.PROOF_ASKED: "发起录像核对",
        AuditAction.RETENTION_SET: "设定保管期限",
        AuditAction.HOLD_PLACED: "保全录音录像",
        AuditAction.HOLD_RELEASED: "解除保全",
        AuditAction.DELETION_PROPOSED: "提出销毁录音录像",
        AuditAction.DELETION_CONFIRMED: "确认销毁录音录像",
        AuditAction.DELETION_WITHDRAWN: "撤回销毁",
        AuditAction.RECORDING_ERASED: "销毁录音录像",
    }
)
