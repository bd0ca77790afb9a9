"""The time line that the player draws: tracks, their segments and their gaps, on one clock.

All moments are milliseconds of unix time, as the wall clock placed them.
"""

from collections.abc import Sequence
from typing import Any

from server.storage.schema import Gap, Participant, Segment
from signaling.moments import milliseconds

Json = dict[str, Any]

MIME = {
    "opus": 'audio/webm; codecs="opus"',
    "vp8": 'video/webm; codecs="vp8"',
    # Constrained baseline 3.1 is what a relay's answer allows; the player asks no more precisely.
    "h264": 'video/mp4; codecs="avc1.42e01f"',
}
_TRACK_ORDER = ("camera", "screen", "microphone")


def timeline(
    participants: Sequence[Participant], segments: Sequence[Segment], gaps: Sequence[Gap]
) -> Json | None:
    """Build the time line; None where nothing was recorded."""
    if not segments:
        return None
    starts = [milliseconds(one.start_at) for one in segments]
    starts += [milliseconds(one.start_at) for one in gaps]
    ends = [_end(one) for one in segments] + [milliseconds(one.end_at) for one in gaps]
    tracks = [
        track
        for participant in participants
        for kind in _TRACK_ORDER
        if (track := _track(participant, kind, segments, gaps))
    ]
    return {"start": min(starts), "end": max(ends), "tracks": tracks}


def _track(
    participant: Participant, kind: str, segments: Sequence[Segment], gaps: Sequence[Gap]
) -> Json | None:
    def ours(one: Segment | Gap) -> bool:
        return one.participant_id == participant.id and one.track == kind

    pieces = [_piece(segment) for segment in segments if ours(segment)]
    if not pieces:
        return None
    return {
        "participant": participant.id,
        "name": participant.name,
        "role": participant.role.value,
        "track": kind,
        "segments": pieces,
        "gaps": [_gap(gap) for gap in gaps if ours(gap)],
    }


def _piece(segment: Segment) -> Json:
    return {
        "id": segment.id,
        "start": milliseconds(segment.start_at),
        "seconds": segment.seconds,
        "mime": MIME[segment.codec],
        "bytes": segment.bytes,
    }


def _gap(gap: Gap) -> Json:
    return {
        "start": milliseconds(gap.start_at),
        "end": milliseconds(gap.end_at),
        "cause": gap.cause,
    }


def _end(segment: Segment) -> int:
    return milliseconds(segment.start_at) + round(segment.seconds * 1000)
