"""What headers lately written had of their own: a packet that goes again under its old number must
be the same to the bit, because a cipher must not see two contents under one number.
"""

from server.relay.rtp import Located

Words = tuple[int, int]
"""The extensions of a header: when it was sent, how loud it is."""

_KEPT = 256  # packets, as many as a source keeps
_NONE = -1, (0, 0)


class Written:
    """Of one slot, by the numbers that its packets had at their source."""

    __slots__ = ("_words",)

    def __init__(self) -> None:
        self._words: list[tuple[int, Words]] = [_NONE] * _KEPT

    def note(self, run: list[Located], words: Words) -> None:
        """These packets leave with these words."""
        for _, (_, _, seq, _, _), _ in run:
            self._words[seq % _KEPT] = seq, words

    def find(self, seq: int) -> Words | None:
        """The words that this packet left with, unless that is long ago."""
        number, words = self._words[seq % _KEPT]
        return words if number == seq else None
