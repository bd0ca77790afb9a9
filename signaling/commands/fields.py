"""What the fields of several commands are made of."""

from dataclasses import dataclass
from typing import Annotated

from signaling.codec import Between, Text

Id = Annotated[str, Text(32, 32)]
Name = Annotated[str, Text(40, 1)]
Day = Annotated[str, Text(10, 10)]
Phone = Annotated[str, Text(20)]
Reason = Annotated[str, Text(200)]
ShortReason = Annotated[str, Text(100)]
Seconds = Annotated[float, Between(0, 10 * 3600)]


@dataclass(frozen=True, slots=True)
class OfSession:
    """A command that names its session and nothing more."""

    session: Id
