"""One incoming RTP stream on the writer thread: packets in order, frames, their time."""

from recordings.clock import SenderClock, TrackClock
from recordings.cutter import Cutter, Owner
from recordings.frames import Frame, depacketizer
from recordings.intake import Run
from recordings.lane import Lane, LaneKey
from recordings.model import Codec, GapCause, TrackKind
from recordings.pulse import Pulse
from recordings.rtp import MIN_HEADER, Reorder, numbers_of, payload_of

_SILENCE_S = 3.0


class StreamWriter:
    """Writes one RTP stream into its lane. Whatever the packets hold, it raises nothing.

    It is made on the relay's loop; everything but its ``overflow`` belongs to the writer thread.
    """

    owner: Owner
    _lane: Lane
    _clock: TrackClock
    _cutter: Cutter
    _pulse: Pulse

    def __init__(self, key: LaneKey, codec: Codec, rate: int) -> None:
        self.key = key
        self.overflow = 0  # packets the queue had no room for
        self._codec = codec
        self._rate = rate
        self._ssrc: int | None = None
        self._last_arrival = 0.0
        self._not_before = 0.0
        self._begin()

    def again(self) -> "StreamWriter":
        """The same stream, to be attached elsewhere."""
        return StreamWriter(self.key, self._codec, self._rate)

    def _begin(self) -> None:
        self._frames = depacketizer(self._codec)
        self._reorder = Reorder(self._packet, self._lose)

    def attach(self, owner: Owner, lane: Lane, sender: SenderClock) -> None:
        """To be called first, on the writer thread."""
        self.owner = owner
        self._lane = lane
        self._clock = TrackClock(self._rate, sender)
        self._cutter = cutter = Cutter(owner, lane, self._codec, self._rate, self._clock)
        self._pulse = Pulse(self._rate, lambda: cutter.written)

    def take(self, run: Run, _: float) -> None:
        """RTP packets as they came."""
        packets, timestamp, arrival = run.take(), 0, 0.0
        for packet, arrival in packets:
            if len(packet) < MIN_HEADER:
                continue
            number, timestamp, ssrc = numbers_of(packet, 2)
            if ssrc != self._ssrc:
                self._switch(ssrc, arrival)
            if self._reorder.follows(number):
                # As in ``_packet``, without going there: so comes nearly every packet.
                frame = self._frames.push(payload_of(packet), packet[1] >= 0x80, timestamp)
                if frame is not None:
                    self._frame(frame, timestamp, arrival)
            else:
                self._reorder.push(number, packet, timestamp, arrival)
        if packets:
            self._pulse.took(len(packets), packets[0][1], timestamp, arrival)

    def report(self, report: tuple[int, int], arrival: float) -> None:
        """A sender report: NTP time and RTP timestamp of the same moment."""
        self._clock.report(report[0], report[1], arrival)

    def tick(self, now: float) -> None:
        """To be called some times a second, after every packet that came before ``now``."""
        self._reorder.expire(now)
        if self._cutter.is_open and self._is_silent(now):
            self.finish(now)
            self._clock.restart()
        self._cutter.flush(now)

    def sync(self, now: float) -> None:
        """Make everything written durable; once a second."""
        self._cutter.sync(now)
        if self._is_silent(now):
            self.owner.forgive(self._cutter)

    def has_stalled(self, now: float) -> bool:
        """Whether packets come and nothing of them is written; see pulse.py, and lane.py for a
        sender who begins anew so often that little of it is.
        """
        return self._lane.is_unsteady(now) or self._pulse.has_stalled(self._cutter.awaits_key)

    def finish(self, now: float) -> None:
        """Seal what there is. A packet after it begins a new segment."""
        self._reorder.flush()
        self._cutter.cut(now)

    def explain(self, cause: GapCause, now: float) -> None:
        """Packets stop because of ``cause``; that a screen is not shown is no gap."""
        if self._lane.track is not TrackKind.SCREEN or self._cutter.is_open:
            self._lane.explain(cause, now)

    def leave(self, cause: GapCause | None, now: float) -> None:
        """The stream is over; with a cause it may come back, and until then its lane has a gap."""
        is_missed = self._is_missed
        self.finish(now)
        self.owner.forgive(self._cutter)
        if cause is None:
            self._lane.cause = None
        elif is_missed and self._lane.cause is None:
            self._lane.explain(cause, now)

    def pause(self, now: float) -> None:
        """Nothing more comes until ``resume``."""
        was_open = self._cutter.is_open
        self.finish(now)
        if was_open and self._lane.cause is None:
            self._lane.explain(GapCause.PAUSED, now)

    def resume(self, at: float) -> None:
        """After a pause: what was sent before ``at`` is off record, however late it comes."""
        self._begin()
        self._not_before = at

    @property
    def _is_missed(self) -> bool:
        # A microphone and a camera stay; a screen is shared for a while.
        stays = self._lane.track is not TrackKind.SCREEN
        return self._cutter.is_open or (self._cutter.has_run and stays)

    def _is_silent(self, now: float) -> bool:
        return now - self._last_arrival >= _SILENCE_S

    def _switch(self, ssrc: int, now: float) -> None:
        if self._ssrc is not None:
            self.finish(now)
            if self._lane.cause is None:
                self._lane.explain(GapCause.RECONNECT, now)
            self._clock.restart()
            self._begin()
        self._ssrc = ssrc

    def _lose(self, count: int) -> None:
        self._frames.lose()
        self._cutter.lose(count)

    def _packet(self, packet: bytes, timestamp: int, arrival: float) -> None:
        frame = self._frames.push(payload_of(packet), packet[1] >= 0x80, timestamp)
        if frame is not None:
            self._frame(frame, timestamp, arrival)

    def _frame(self, frame: Frame, timestamp: int, arrival: float) -> None:
        clock = self._clock
        ticks = clock.place(timestamp, arrival)
        if ticks is None:
            self._cutter.cut(arrival)
            clock.restart()
            ticks = clock.place(timestamp, arrival)
            assert ticks is not None
        self._last_arrival = arrival
        if self._not_before and clock.wall(ticks) < self._not_before:
            return
        self._cutter.frame(frame, ticks, arrival)
