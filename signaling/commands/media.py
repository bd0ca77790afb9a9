"""Commands about what a page sends and shows."""

from dataclasses import dataclass
from typing import Annotated

from signaling.codec import Between, Text
from signaling.commands.fields import OfSession


@dataclass(frozen=True, slots=True)
class OfferMedia(OfSession):
    """The page's SDP offer; the answer carries the relay's."""

    sdp: Annotated[str, Text(65536, 1)]


@dataclass(frozen=True, slots=True)
class WantPictures(OfSession):
    """Whether this participant wants to see the others even if the sound suffers."""

    always: bool


@dataclass(frozen=True, slots=True)
class ShowMedia(OfSession):
    """What this participant is sending, for the others' labels."""

    microphone: bool
    camera: bool
    screen: bool = False


@dataclass(frozen=True, slots=True)
class PointAt(OfSession):
    """A spot of the page that is shared (指示点): 0..1 of the picture, from its left and top."""

    x: Annotated[float, Between(0, 1)]
    y: Annotated[float, Between(0, 1)]
