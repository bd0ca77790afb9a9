"""How much one receiver's line carries, and whether pictures may go over it: sound comes first.

The estimate is ours: it grows while nothing speaks against it. Three things do. The browser follows
the delay of our packets and says what it thinks of the line (REMB); a fall of that word means that
a queue has begun to grow. It asks for what it misses (NACK), at once. And it reports what was lost,
every second. The word itself is not taken for the estimate: it rises too slowly, and never beyond
one and a half times of what we happen to send; so a word that falls because less is sent says
nothing. Nor does loss that comes whatever is sent: what a line loses as a rule does not count.
"""

_OPEN = 10_000_000.0  # bit/s, as good as unbounded
_UNBOUNDED = 50_000_000  # bit/s, more than any browser sends
_FLOOR = 110_000  # bit/s; below it a picture would take the room that sound needs
_PATIENCE = 6.0  # seconds below the floor until pictures stop; a queue empties in half of that
_FIRST_WAIT, _LONGEST_WAIT = 5.0, 40.0  # seconds until they are tried again
_PROVEN = 15.0  # seconds of pictures after which the next wait is short again
_HEADERS = 40_000  # bit/s: we count payloads, browsers are told of whole packets

_GROWTH, _STEP = 1.2, 70_000  # a second, whichever is less (bit/s)
_CAREFUL = 1.06  # a second, near what was too much the last time
_NEAR, _BEYOND = 0.8, 1.2  # times that
_HOLD = 1.0  # seconds after a fall in which the queue may empty and old reports may come
_SPARE = 2.0, 100_000  # times what is sent, and more: a line is not proven by what it never carried

_FREE = 800_000.0  # bit/s that may be tried without: a still picture proves nothing
_AHEAD = 1.2  # times what is wished for

_FALLEN = 0.97  # of the word before
_TIGHT = 1.1  # times what is sent: a word above it has not met the end of the line
_DEEPEST = 0.6  # of the estimate, for one fall of the word
_MOST, _HEAVY, _SOME = 0.7, 0.3, 0.1  # lost, of 1
_MISSED = 0.15  # asked for again, of what was sent in the last half second
_KEEP = 0.65  # of the half second's counts, from one look to the next
_FEW = 20  # packets, too few to speak of shares
_LEARN, _FORGET = 0.1, 0.5  # of a report, for the loss that is usual: too much sent shows sooner
_MOST_USUAL = 0.1
_UNUSUAL = 0.04  # above what is usual: no time to grow
_WITNESS = 1.5  # seconds for which losses make a word below the floor believable
_LEAST = 140_000.0  # bit/s; a line that does not carry this either gets no pictures
_JUST = 1.2


class Downlink:
    """``look`` often, ``on_word`` and ``on_loss`` as reports come; clocks in seconds."""

    __slots__ = (
        "_ceiling",
        "_failing",
        "_held",
        "_looked",
        "_lossy",
        "_missing",
        "_packets",
        "_rate",
        "_rests",
        "_retry",
        "_sent",
        "_sent_packets",
        "_since",
        "_usual",
        "_wait",
        "estimate",
        "insists",
        "line",
        "showing",
        "wish",
    )

    def __init__(self, now: float) -> None:
        self.line: int | None = None  # bit/s, the browser's word
        self.estimate = _OPEN  # bit/s of payload
        self.wish = 0.0  # bit/s that would be sent if the line were known to carry it
        self.showing = True
        self.insists = False  # somebody wants pictures even if the sound suffers
        self._ceiling = _OPEN  # what arrived when it was too much
        self._lossy = -_WITNESS  # when losses were last told
        self._usual = 0.0  # share that is lost however little is sent
        self._missing = self._packets = 0.0  # of the last half second
        self._sent_packets = 0
        self._held = self._rests = now  # no growth until then; nor falls until the first
        self._rate = 0.0  # bit/s that we send
        self._sent = 0
        self._looked = now
        self._failing: float | None = None  # since when the line is below the floor
        self._since = now  # of the pictures
        self._retry = 0.0
        self._wait = _FIRST_WAIT

    @property
    def cap(self) -> int | None:
        """Bit/s for somebody who sends to this receiver alone; None for no bound."""
        if not self.showing:
            return int(_LEAST)
        return None if self.estimate >= _OPEN else int(self.estimate) + _HEADERS

    @property
    def pictures(self) -> str:
        """``shown``, ``paused`` or ``insisted``, for people."""
        if not self.showing:
            return "paused"
        return "insisted" if self.insists else "shown"

    def insist(self, always: bool) -> None:
        """Show pictures from the next look on, whatever the line carries; or judge it again."""
        self.insists = always
        if always:
            self._retry = 0.0

    def on_word(self, bitrate: int, now: float) -> None:
        """Take the browser's estimate."""
        before, self.line = self.line, bitrate
        fallen = bitrate < (self._rate if before is None else before) * _FALLEN
        if fallen and bitrate < min(self.estimate, _TIGHT * self._rate):
            known = min(self.estimate, max(self._rate, bitrate / _DEEPEST))
            self._fall(max(float(bitrate), known * _DEEPEST, _LEAST), now)

    def on_missing(self, count: int) -> None:
        """Take how many packets the browser asks for."""
        self._missing += count

    def on_loss(self, lost: float, now: float) -> None:
        """Take the share 0..1 of a picture's packets that did not arrive lately."""
        self._lose(lost, now)
        if lost > self._usual + _UNUSUAL:
            self._rests = now + _HOLD
        share = _LEARN if lost > self._usual else _FORGET
        self._usual = min(_MOST_USUAL, self._usual + (lost - self._usual) * share)

    def _lose(self, lost: float, now: float) -> None:
        if lost > _SOME:
            self._lossy = now
        if lost <= _HEAVY:  # nobody can talk over a line that always loses more
            lost -= self._usual
        if lost > _SOME:
            kept = 1 - min(lost, _MOST) if lost > _HEAVY else 1 - lost / 2
            sent = min(self._rate, self.estimate)
            self._fall(max(_LEAST, sent * kept), now)

    def _fall(self, estimate: float, now: float) -> None:
        if now >= self._held and estimate < self.estimate:
            self.estimate = estimate
            self._ceiling = estimate
            self._held = now + _HOLD

    def look(self, now: float, sent: int, packets: int) -> bool:
        """Decide anew, given octets and packets sent so far. True when ``showing`` has changed."""
        passed = max(now - self._looked, 0.001)
        rate = max(0, sent - self._sent) * 8 / passed
        self._rate += (rate - self._rate) * min(1.0, 2 * passed)
        self._sent, self._looked = sent, now
        self._packets += packets - self._sent_packets
        self._sent_packets = packets
        if self._packets >= _FEW and self._missing > _MISSED * self._packets:
            self._lose(min(0.9, self._missing / self._packets), now)
        self._missing *= _KEEP
        self._packets *= _KEEP
        if self.estimate < _OPEN and now >= max(self._held, self._rests):
            self._grow(passed)
        return self._watch(now) if self.showing else self._try_again(now)

    def _grow(self, passed: float) -> None:
        times, more = _SPARE
        near = _NEAR * self._ceiling < self.estimate < _BEYOND * self._ceiling
        grown = self.estimate * (_CAREFUL if near else _GROWTH) ** passed
        bound = max(_FREE, times * self._rate + more, _AHEAD * self.wish)
        grown = min(grown, self.estimate + _STEP * passed, bound)
        self.estimate = max(self.estimate, grown)

    def _watch(self, now: float) -> bool:
        # Little sent at an uneven pace lets the word fall too: it takes losses to believe it.
        if self.insists:
            self._failing = None
            return False
        lossy = now - self._lossy < _WITNESS and self.estimate < _JUST * _LEAST
        if not lossy or self.line is None or self.line >= _FLOOR:
            self._failing = None
            if now - self._since >= _PROVEN:
                self._wait = _FIRST_WAIT
            return False
        if self._failing is None:
            self._failing = now
        if now - self._failing < _PATIENCE:
            return False
        self.showing, self._failing = False, None
        self._retry = now + self._wait
        self._wait = min(2 * self._wait, _LONGEST_WAIT)
        return True

    def _try_again(self, now: float) -> bool:
        if now < self._retry:
            return False
        self.showing = True
        self.estimate = _LEAST
        self._since = now
        self._held = now + _HOLD
        return True


class Bound:
    """The most that a publisher is to send, as it was told last."""

    __slots__ = ("_at", "_last")

    def __init__(self) -> None:
        self._last: int | None = None
        self._at = 0.0

    def told(self, cap: int | None, now: float) -> int | None:
        """Bit/s to tell the publisher now: at a change, else once a second; None for nothing."""
        if cap is None and self._last is None:
            return None
        wanted = _UNBOUNDED if cap is None else cap
        shifted = self._last is None or abs(wanted - self._last) > self._last / 50
        if not shifted and now - self._at < 1.0:
            return None
        self._last, self._at = wanted, now
        return wanted
