"""The recording of a session (录音录像), as the people in the room are told of it."""

from enum import StrEnum

from signaling.machine import Machine


class RecordingState(StrEnum):
    """What is true of the recording right now; the REC lamp shows RECORDING and nothing else."""

    OFF = "off"
    DECLINED = "declined"  # somebody did not agree: nothing is recorded
    ARMED = "armed"  # agreed; the first cluster is not on disk yet
    RECORDING = "recording"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"  # the relay is gone; it resumes by itself
    FAILED = "failed"
    CLOSED = "closed"  # every segment is sealed; a call taken up again is decided anew


class RecordingEvent(StrEnum):
    """What can happen to a recording."""

    DECLINE = "decline"
    ARM = "arm"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    INTERRUPT = "interrupt"
    FAIL = "fail"
    CLOSE = "close"


_S, _E = RecordingState, RecordingEvent

RECORDING = Machine(
    "recording",
    _S.OFF,
    {
        (_S.OFF, _E.DECLINE): _S.DECLINED,
        (_S.OFF, _E.ARM): _S.ARMED,
        (_S.DECLINED, _E.ARM): _S.ARMED,
        (_S.ARMED, _E.DECLINE): _S.DECLINED,
        (_S.ARMED, _E.START): _S.RECORDING,
        (_S.ARMED, _E.INTERRUPT): _S.ARMED,
        (_S.ARMED, _E.FAIL): _S.FAILED,
        (_S.ARMED, _E.CLOSE): _S.CLOSED,
        (_S.RECORDING, _E.PAUSE): _S.PAUSED,
        (_S.RECORDING, _E.INTERRUPT): _S.INTERRUPTED,
        (_S.RECORDING, _E.FAIL): _S.FAILED,
        (_S.RECORDING, _E.CLOSE): _S.CLOSED,
        (_S.PAUSED, _E.RESUME): _S.RECORDING,
        (_S.PAUSED, _E.INTERRUPT): _S.PAUSED,
        (_S.PAUSED, _E.FAIL): _S.FAILED,
        (_S.PAUSED, _E.CLOSE): _S.CLOSED,
        (_S.INTERRUPTED, _E.START): _S.RECORDING,
        (_S.INTERRUPTED, _E.PAUSE): _S.PAUSED,
        (_S.INTERRUPTED, _E.INTERRUPT): _S.INTERRUPTED,
        (_S.INTERRUPTED, _E.FAIL): _S.FAILED,
        (_S.INTERRUPTED, _E.CLOSE): _S.CLOSED,
        (_S.FAILED, _E.START): _S.RECORDING,
        (_S.FAILED, _E.INTERRUPT): _S.INTERRUPTED,
        (_S.FAILED, _E.CLOSE): _S.CLOSED,
        (_S.CLOSED, _E.ARM): _S.ARMED,
        (_S.CLOSED, _E.DECLINE): _S.DECLINED,
    },
)

ACTIVE = frozenset({_S.ARMED, _S.RECORDING, _S.PAUSED, _S.INTERRUPTED, _S.FAILED})
"""A recording that is meant to be going on and is not closed yet."""
