"""The relay's time, read once for each batch of datagrams instead of once a packet."""

import time

_NTP_EPOCH = 2208988800  # seconds from 1900 to 1970


class Clock:
    """``now`` is monotonic seconds, ``wall`` unix seconds; both as of the last ``update``."""

    __slots__ = ("absolute", "now", "wall")

    def __init__(self) -> None:
        self.update()

    def update(self) -> None:
        self.set(time.monotonic(), time.time())

    def set(self, now: float, wall: float) -> None:
        self.now = now
        self.wall = wall
        # abs-send-time: seconds with 18 bits of fraction, the low 24 bits.
        self.absolute = int(now * 262144) & 0xFFFFFF


def ntp_time(wall: float) -> int:
    """Unix seconds as 64-bit NTP time."""
    return int((wall + _NTP_EPOCH) * 4294967296) & 0xFFFFFFFFFFFFFFFF


def unix_time(ntp: int) -> float:
    """64-bit NTP time as unix seconds."""
    return ntp / 4294967296 - _NTP_EPOCH
