"""Time stamps of the seals, fetched from an authority whenever it answers.

Nothing waits for it: a session is sealed without, and the stamp comes after, today or tomorrow.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

from recordings import manifest
from recordings.sink import write_whole
from recordings.timestamp import BadStamp, check, request, stamp_path
from server.evidence import repository
from server.storage.engine import Database

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=30)
_ANSWER_S = 10.0
_LARGEST = 1 << 20
_REST = timedelta(minutes=1)
_LONGEST_REST = timedelta(hours=1)


class Stamper:
    """Has the last seal of every session stamped, a round at a time."""

    def __init__(
        self, db: Database, recordings: Path, url: str, now: Callable[[], datetime]
    ) -> None:
        """``url`` takes RFC 3161 requests over HTTP."""
        self._db = db
        self._recordings = recordings
        self._url = url
        self._now = now
        self._rest = _REST
        self._not_before: datetime | None = None
        self._stamped: dict[str, int] = {}  # session: bytes of its manifest when nothing was wanted

    async def stamp_all(self) -> None:
        """Fetch what is missing; after a failure the authority is left alone for a while."""
        if self._not_before is not None and self._now() < self._not_before:
            return
        async with self._db.read() as db:
            sessions = await repository.recorded_since(db, self._now() - LOOK_BACK)
        folders = [self._recordings / one.id for one in sessions]
        wanted = await asyncio.to_thread(self._wanted, folders)
        async with ClientSession(timeout=ClientTimeout(total=_ANSWER_S)) as http:
            for path, sha256 in wanted:
                if not await self._stamp(http, path, sha256):
                    return

    async def _stamp(self, http: ClientSession, path: Path, sha256: str) -> bool:
        nonce = secrets.randbits(63)
        try:
            answer = await self._ask(http, request(sha256, nonce))
            stamp = check(answer, sha256)
            if stamp.nonce != nonce:
                raise BadStamp("is an answer to something else")
            await asyncio.to_thread(write_whole, path, answer)
        except (BadStamp, ClientError, OSError, TimeoutError):
            log.exception("evidence.not_stamped", extra={"session": path.parent.name})
            self._not_before = self._now() + self._rest
            self._rest = min(self._rest * 2, _LONGEST_REST)
            return False
        self._rest, self._not_before = _REST, None
        log.info("evidence.stamped", extra={"session": path.parent.name})
        return True

    async def _ask(self, http: ClientSession, query: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query"}
        async with http.post(self._url, data=query, headers=headers) as answer:
            answer.raise_for_status()
            text = b""
            async for chunk in answer.content.iter_any():
                text += chunk
                if len(text) > _LARGEST:
                    raise BadStamp("is larger than any time stamp")
            return text

    def _wanted(self, folders: list[Path]) -> list[tuple[Path, str]]:
        """The files to be made, and the hashes they are about: the last seal of each session."""
        found = []
        for folder in folders:
            try:
                size = (folder / manifest.NAME).stat().st_size
                if self._stamped.get(folder.name) == size:
                    continue
                lines = list(manifest.read(folder))
            except (OSError, ValueError):
                continue
            path = stamp_path(folder, len(lines))
            if lines and not path.exists():
                found.append((path, lines[-1].sha256))
            else:
                self._stamped[folder.name] = size
        return found
