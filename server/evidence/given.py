"""The integrity value that people are given: at the terminal, and the page where it is checked.

The page tells whether a value is known and nothing else. A value has 256 bits: nobody guesses one.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from recordings import manifest
from server.evidence import repository
from server.storage.engine import WRITE_CONFLICTS, Database
from server.web.principal import Principal
from signaling.errors import NotFound
from signaling.moments import milliseconds
from signaling.session import IN_ROOM, WAITING

_VALUE = re.compile(r"[0-9a-f]{64}")
_GROUP = 8


@dataclass(frozen=True, slots=True)
class Given:
    """Values of the recordings below ``recordings``; ``origin``: the address people open."""

    db: Database
    recordings: Path
    origin: str
    clock: Callable[[], datetime]

    async def at_terminal(self, principal: Principal, session_id: str) -> Mapping[str, Any]:
        """Return the newest value of a talk of the mediator's station; null until it is sealed.

        Raises NotFound: it is another station's, or the talk goes on.
        """
        async with self.db.read() as db:
            session = await repository.session_by_number(db, session_id)
        if (
            session is None
            or session.station_id != principal.station_id
            or session.state in IN_ROOM | WAITING
        ):
            raise NotFound
        values = await asyncio.to_thread(values_in, self.recordings / session.id)
        if not values:
            return {"integrity": None}
        await note(self.db, session.id, values)
        sha256, sealed_at = values[-1]
        return {
            "integrity": sha256,
            "groups": [sha256[at : at + _GROUP] for at in range(0, len(sha256), _GROUP)],
            "number": session.number,
            "sealed_at": milliseconds(sealed_at),
            "check": self.check_address(sha256),
        }

    def check_address(self, sha256: str) -> str:
        """Return where a value can be checked."""
        return f"{self.origin}/check?{urlencode({'value': sha256})}"

    async def is_known(self, text: str) -> bool | None:
        """Tell whether a value, as somebody typed it, is known; None: it is no value."""
        value = re.sub(r"[\s-]", "", text).lower()
        if not _VALUE.fullmatch(value):
            return None
        async with self.db.read() as db:
            return await repository.knows_value(db, value)


def values_in(folder: Path) -> list[tuple[str, datetime]]:
    """Return every integrity value of a session with when it was sealed, oldest first."""
    try:
        lines = list(manifest.read(folder))
    except (OSError, ValueError):
        return []
    return [(one.sha256, datetime.fromtimestamp(float(one.body["at"]), UTC)) for one in lines]


async def note(db: Database, session_id: str, values: list[tuple[str, datetime]]) -> None:
    """Keep values for those who ask for them later; safe to repeat."""
    async with db.read() as read:
        known = await repository.values_of(read, session_id)
    new = {sha256: at for sha256, at in values if sha256 not in known}
    if not new:
        return
    with suppress(*WRITE_CONFLICTS):  # somebody has just kept the same
        async with db.write() as write:
            await repository.add_values(write, session_id, new)
