"""Commands about advice (法律建议)."""

from dataclasses import dataclass
from typing import Annotated

from signaling.codec import Many, Text
from signaling.commands.fields import Id, OfSession, Seconds


@dataclass(frozen=True, slots=True)
class Citation:
    """A legal basis: law, article and the version of the text it was read in."""

    law: Annotated[str, Text(60, 1)]
    article: Annotated[str, Text(40)] = ""
    version_date: Annotated[str, Text(10)] = ""


@dataclass(frozen=True, slots=True)
class AddAdvice(OfSession):
    """Log advice (法律建议). ``moment``: media time in seconds if it was marked earlier (F2).

    ``corrects`` names the entry that this one replaces; nothing is ever changed in place.
    """

    matter: Annotated[str, Text(32, 1)]
    advice: Annotated[str, Text(4000, 1)]
    legal_basis: Annotated[tuple[Citation, ...], Many(10)] = ()
    bring: Annotated[str, Text(1000)] = ""
    next_step: Annotated[str, Text(1000)] = ""
    moment: Seconds | None = None
    corrects: Id | None = None
