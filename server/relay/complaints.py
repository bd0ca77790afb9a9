"""Log lines about what comes from outside: bounded, however much comes."""

import logging

from server.relay.clock import Clock

_MOST = 3  # at once
_EVERY_S = 10.0  # then one for so long


class Complaints:
    """Says a few things at once, and after that one in ten seconds with how many it kept back."""

    def __init__(self, log: logging.Logger, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._credit = float(_MOST)
        self._at = clock.now
        self._kept_back = 0

    def say(self, event: str) -> None:
        """Log the exception that is being handled, under a static name; or only count it."""
        passed = self._clock.now - self._at
        self._at = self._clock.now
        self._credit = min(_MOST, self._credit + passed / _EVERY_S)
        if self._credit < 1:
            self._kept_back += 1
            return
        self._credit -= 1
        kept_back, self._kept_back = self._kept_back, 0
        self._log.exception(event, extra={"kept_back": kept_back})
