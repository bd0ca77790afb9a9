"""An archived file that is read while it comes, from its beginning, and is kept nowhere."""

import hashlib
from dataclasses import dataclass, field

from server.archive.store import Store, StoreFailed

FIRST, MOST = 64 * 1024, 1024 * 1024
"""Bytes asked for at first, so that a player begins at once, and at most, so that few are asked."""


@dataclass(slots=True)
class Arriving:
    """One object of the store as a recordings' ``Source``; for one reader, off the loop.

    ``pread`` raises StoreFailed: the store does not answer, or gave something else than was stored.
    """

    store: Store
    name: str
    size: int
    sha256: str
    _data: bytearray = field(default_factory=bytearray)

    def pread(self, count: int, at: int) -> bytes:
        """The bytes from ``at``, having asked for what has not come yet."""
        while len(self._data) < min(at + count, self.size):
            self._ask()
        return bytes(self._data[at : at + count])

    def _ask(self) -> None:
        have = len(self._data)
        end = min(have + min(max(have, FIRST), MOST), self.size)
        more = self.store.read_range(self.name, have, end)
        if len(more) != end - have:
            raise StoreFailed(self.name)
        self._data += more
        # The last piece is given to nobody before the whole is known to be what was stored.
        if end == self.size and hashlib.sha256(self._data).hexdigest() != self.sha256:
            raise StoreFailed(self.name)
