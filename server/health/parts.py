"""What a self-test (自检) looks at, what may come of it, and how that is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any

from signaling.codec import Between, Many, Text
from signaling.errors import ProtocolError


class Part(StrEnum):
    """One thing that is tried out."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SPEAKER = "speaker"
    SERVICE = "service"
    RELAY = "relay"
    STORAGE = "storage"
    CLOCK = "clock"


class State(StrEnum):
    """How a part is; later ones are worse."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class StartedBy(StrEnum):
    """Why a test ran."""

    MORNING = "morning"
    BUTTON = "button"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one part, as the terminal says it. ``value``: what was measured, or 0."""

    part: Part
    code: Annotated[str, Text(20, 1)]
    value: Annotated[float, Between(-1e9, 1e9)] = 0.0


@dataclass(frozen=True, slots=True)
class SelfTestDone:
    """A finished self-test; every part once."""

    started_by: StartedBy
    parts: Annotated[tuple[Outcome, ...], Many(len(Part), len(Part))]


_G, _W, _B = State.GOOD, State.WARN, State.BAD
_DEVICES = {
    "denied": (_B, "浏览器没有得到使用{name}的许可"),
    "missing": (_B, "没有找到{name}，请检查插头"),
    "busy": (_B, "{name}打不开，可能被别的程序占用"),
}


def _device(part: Part, name: str) -> dict[tuple[Part, str], tuple[State, str]]:
    return {
        (part, code): (state, words.format(name=name)) for code, (state, words) in _DEVICES.items()
    }


# Every outcome there is: its state, and its words with {value}.
OUTCOMES: Mapping[tuple[Part, str], tuple[State, str]] = MappingProxyType(
    {
        **_device(Part.CAMERA, "摄像头"),
        **_device(Part.MICROPHONE, "麦克风"),
        (Part.CAMERA, "ok"): (_G, "摄像头正常"),
        (Part.CAMERA, "dark"): (_W, "摄像头画面全黑，请看看镜头盖"),
        (Part.CAMERA, "frozen"): (_B, "摄像头没有画面"),
        (Part.MICROPHONE, "ok"): (_G, "麦克风正常"),
        (Part.MICROPHONE, "silent"): (_W, "麦克风没有声音，请看看是否被静音"),
        (Part.SPEAKER, "ok"): (_G, "扬声器正常"),
        (Part.SPEAKER, "unheard"): (_W, "麦克风没有听到扬声器的声音，请检查音量和插头"),
        (Part.SPEAKER, "skipped"): (_W, "没有麦克风，扬声器没有检查"),
        (Part.SERVICE, "ok"): (_G, "到服务的网络正常（{value} 毫秒）"),
        (Part.SERVICE, "slow"): (_W, "到服务的网络较慢（{value} 毫秒）"),
        (Part.RELAY, "ok"): (_G, "音视频线路正常（{value} 毫秒）"),
        (Part.RELAY, "slow"): (_W, "音视频线路较慢（{value} 毫秒）"),
        (Part.RELAY, "lossy"): (_W, "音视频线路丢包（{value}%）"),
        (Part.RELAY, "unreachable"): (_B, "连不上音视频线路，请检查防火墙是否放行 UDP"),
        (Part.RELAY, "away"): (_B, "音视频服务没有应答"),
        (Part.STORAGE, "ok"): (_G, "本机可用空间充足（{value} MB）"),
        (Part.STORAGE, "low"): (_W, "本机可用空间不足（剩 {value} MB）"),
        (Part.STORAGE, "unknown"): (_G, "浏览器没有说可用空间"),
        (Part.CLOCK, "ok"): (_G, "本机时钟准确（差 {value} 秒）"),
        (Part.CLOCK, "off"): (_W, "本机时钟差 {value} 秒"),
        (Part.CLOCK, "wrong"): (_B, "本机时钟差 {value} 秒，请校准"),
    }
)


def judge(test: SelfTestDone) -> list[dict[str, Any]]:
    """Return the parts as they are kept; raises ProtocolError ``bad_message`` for others."""
    if {one.part for one in test.parts} != set(Part):
        raise ProtocolError("bad_message", "every part once")
    return [_judge(one) for one in test.parts]


def _judge(outcome: Outcome) -> dict[str, Any]:
    known = OUTCOMES.get((outcome.part, outcome.code))
    if known is None:
        raise ProtocolError("bad_message", "not an outcome of this part")
    return {
        "part": outcome.part.value,
        "code": outcome.code,
        "state": known[0].value,
        "value": round(outcome.value, 1),
    }


def worst_of(states: Sequence[str]) -> State:
    """Return the worst of some states; of none: good."""
    order = list(State)
    return max((State(one) for one in states), key=order.index, default=State.GOOD)


def words_of(part: Mapping[str, Any]) -> str:
    """Say what came of a part that is kept."""
    _, words = OUTCOMES[Part(part["part"]), part["code"]]
    return words.format(value=f"{part['value']:g}")


def complaints(parts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say what is wrong, the worst first."""
    order = list(State)
    wrong = [one for one in parts if one["state"] != State.GOOD]
    wrong.sort(key=lambda one: order.index(State(one["state"])), reverse=True)
    return [words_of(one) for one in wrong]
