"""Classes of the retention table, and when a recording expires. Pure.

No legal default for recordings of mediation is known: until an admin has set a class, nothing of it
expires (待确认). The three classes follow the custom of archives: long, short, permanent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

MOST_YEARS = 100

CLASSES: Mapping[str, str] = MappingProxyType(
    {"long": "长期", "short": "短期", "permanent": "永久"}
)
"""Code and name of each class."""


@dataclass(frozen=True, slots=True)
class Term:
    """How long a class is kept. Neither years nor permanent: nobody has said yet."""

    code: str
    years: int | None = None
    permanent: bool = False
    basis: str = ""

    @property
    def is_set(self) -> bool:
        """Whether an admin has decided."""
        return self.permanent or self.years is not None


def expires(ended: datetime, term: Term | None) -> datetime | None:
    """Return when what ended then has been kept long enough; None: never, as far as known."""
    if term is None or term.permanent or term.years is None:
        return None
    return years_after(ended, term.years)


def years_after(moment: datetime, years: int) -> datetime:
    """Return the same day so many years later (negative: earlier); 29 February becomes the 28th."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)
