"""The rights table in Chinese."""

from collections.abc import Mapping
from types import MappingProxyType

from signaling.rights import Action, Role, Scope
from signaling.session import SessionState

ROLES: Mapping[Role, str] = MappingProxyType(
    {
        Role.MEDIATOR: "调解员",
        Role.LAWYER: "值班律师",
        Role.PARTY: "当事人",
        Role.ADMIN: "管理员",
        Role.SUPERVISOR: "督导",
    }
)
SCOPES: Mapping[Scope, str] = MappingProxyType(
    {
        Scope.OWN: "自己的会话",
        Scope.RUNG: "呼叫到自己的会话",
        Scope.INSIDE: "自己在场的会话",
        Scope.ANY: "全部",
    }
)
STATES: Mapping[SessionState, str] = MappingProxyType(
    {
        SessionState.REQUESTED: "等候",
        SessionState.RINGING: "呼叫",
        SessionState.UNANSWERED: "无人接听",
        SessionState.ACCEPTED: "接通中",
        SessionState.LIVE: "通话",
        SessionState.PAUSED: "休息",
        SessionState.WRAPPING: "待完善",
        SessionState.CLOSED: "已办结",
        SessionState.CANCELLED: "已取消",
        SessionState.DEFERRED: "待回电",
        SessionState.FAILED: "意外中断",
    }
)
ACTIONS: Mapping[Action, str] = MappingProxyType(
    {
        Action.SYNC: "接收自己页面的最新情况",
        Action.REQUEST_SESSION: "发起调解或咨询",
        Action.CANCEL_SESSION: "取消呼叫",
        Action.KEEP_WAITING: "无人接听时继续等待",
        Action.REQUEST_CALLBACK: "请律师回电",
        Action.BOOK_SESSION: "把没接通的或待回电的会话改约时间",
        Action.BOOK_APPOINTMENT: "预约律师和时间",
        Action.CHANGE_APPOINTMENT: "自己的预约改期、取消",
        Action.READ_APPOINTMENTS: "看预约",
        Action.MANAGE_APPOINTMENTS: "管理全部预约",
        Action.CALL_STATION: "呼叫工作站的终端",
        Action.ANSWER_STATION: "接听中心打来的呼叫",
        Action.ACCEPT_CALL: "接听",
        Action.DECLINE_CALL: "不接",
        Action.CALL_BACK: "回电并登记",
        Action.HAND_OVER: "请同事接手或一起参加",
        Action.GIVE_BACK: "交回值班台",
        Action.LEAVE_TALK: "离开同事的会话",
        Action.INVITE_GUEST: "邀请不在场的当事人",
        Action.KNOW_PERSON: "核对来人身份",
        Action.ADMIT_GUEST: "请候场的人进来",
        Action.SEND_OUT_GUEST: "请人回到候场",
        Action.REFUSE_GUEST: "不让进入",
        Action.KNOCK: "请求进入",
        Action.LEAVE_ROOM: "离开房间",
        Action.ANSWER_CONSENT: "表示同意或不同意",
        Action.KEEP_APART: "设定两人不得见面",
        Action.INVITE_ASIDE: "请一方单独谈",
        Action.ANSWER_ASIDE: "答复单独谈",
        Action.RETURN_FROM_ASIDE: "结束单独谈",
        Action.RECORD_ASIDE: "请求为单独谈录音录像",
        Action.AGREE_ASIDE: "同意或不同意单独谈录音录像",
        Action.RAISE_HAND: "举手发言",
        Action.HUSH: "关闭来人的话筒",
        Action.CALL_MEDIATOR: "呼叫调解员",
        Action.SAY: "发文字消息",
        Action.GIVE_PHOTO: "交证据照片",
        Action.SEE_PHOTOS: "看交来的证据照片",
        Action.SHOW_PHOTO: "把照片给大家看",
        Action.TAKE_BACK_PHOTO: "收回交错的照片",
        Action.OFFER_MEDIA: "接入音视频",
        Action.POINT: "在展示的材料上指给大家看",
        Action.SHOW_MEDIA: "开关话筒、画面、材料",
        Action.PAUSE_SESSION: "暂停",
        Action.RESUME_SESSION: "继续",
        Action.HANG_UP: "结束通话",
        Action.ADJOURN_SESSION: "休会，约定改日继续",
        Action.ADD_ADVICE: "写法律建议",
        Action.CONFIRM_RECEIPT: "确认收到建议",
        Action.FINISH_SESSION: "离开最后一页",
        Action.RATE_SESSION: "在终端上评价",
        Action.CLOSE_SESSION: "办结",
        Action.GO_ON_DUTY: "开始值班",
        Action.GO_OFF_DUTY: "结束值班",
        Action.USE_TERMINAL: "使用终端",
        Action.USE_DESK: "使用律师工作台",
        Action.READ_ROSTER: "看值班表",
        Action.MANAGE_ROSTER: "排值班表",
        Action.KEEP_OWN_ROSTER: "管自己的值班、请假、换班",
        Action.DECLARE_CONFLICT: "回避申报",
        Action.WATCH_DESK: "看值班大屏",
        Action.SEARCH_SESSIONS: "查找调解记录",
        Action.READ_SESSION: "查看一次调解记录",
        Action.WATCH_RECORDING: "观看录音录像（须说明用途）",
        Action.KNOW_APART: "知道有背对背谈话录音录像",
        Action.WATCH_APART: "观看背对背谈话录音录像（须说明用途，另一人批准）",
        Action.APPROVE_APART: "批准他人观看背对背谈话录音录像",
        Action.MANAGE_APART: "设定背对背谈话可否录音录像",
        Action.EXPORT_RECORDING: "导出录音录像（须说明用途）",
        Action.APPROVE_EXPORT: "第二人批准导出",
        Action.VERIFY_RECORDING: "核验录音录像",
        Action.READ_AUDIT: "查阅审计日志",
        Action.MANAGE_STATIONS: "管理工作站、终端、村居",
        Action.MANAGE_PEOPLE: "管理人员，导入导出",
        Action.MANAGE_TEXTS: "管理告知书文本",
        Action.WATCH_HEALTH: "看终端健康",
        Action.READ_OVERVIEW: "看总览和满意度",
        Action.READ_RIGHTS: "看这张权限表",
        Action.HANDLE_TASKS: "办理待办",
        Action.READ_PROOF: "看录像核对",
        Action.READ_RETENTION: "看保管期限",
        Action.MANAGE_RETENTION: "改保管期限",
        Action.HOLD_RECORDING: "封存不得销毁",
        Action.PROPOSE_DELETION: "提出销毁",
        Action.CONFIRM_DELETION: "第二人确认销毁",
    }
)


def times(states: frozenset[SessionState]) -> str:
    """Say when: nothing where no session is concerned, 任何时候 for every state."""
    if not states or states == frozenset(SessionState):
        return "任何时候" if states else ""
    return "、".join(words for state, words in STATES.items() if state in states)
