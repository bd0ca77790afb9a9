"""Time stamps of the seals, fetched from an authority whenever it answers.

Nothing waits for it: a session is sealed without, and the stamp comes after, today or tomorrow.
Each signed line gets one: those of recent sessions, of their talks apart, and certificates of
erasure at once; what was signed at any other time when the slow walk through all folders finds it.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

from recordings import manifest
from recordings.durable import write_whole
from recordings.timestamp import BadStamp, check, request, stamp_path
from server.evidence import repository
from server.storage.engine import Database

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=30)
AT_ONCE = 50
"""Stamps that are asked for in a round, at most."""
WALK = 100
"""Folders of the walk in a round: a million take two days, and hardly a disk's attention."""
_ANSWER_S = 10.0
_LARGEST = 1 << 20
_REST = timedelta(minutes=1)
_LONGEST_REST = timedelta(hours=1)


class Stamper:
    """Has each signed line of every recording stamped, a round at a time."""

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
        self._stamped: dict[str, int] = {}  # bytes of recent manifests when nothing was wanted
        self._walk: Iterator[Path] = iter(())

    async def stamp_all(self) -> None:
        """Fetch what is missing; after a failure the authority is left alone for a while."""
        if self._not_before is not None and self._now() < self._not_before:
            return
        async with self._db.read() as db:
            recent = await repository.sealed_since(db, self._now() - LOOK_BACK)
        wanted = await asyncio.to_thread(self._wanted, recent)
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

    def _wanted(self, recent: Collection[str]) -> list[tuple[Path, str]]:
        """The files to be made, and the hashes they are about."""
        found = list(islice(self._recent(recent), AT_ONCE))
        if len(found) < AT_ONCE:
            others = (folder for folder in self._some() if folder.name not in recent)
            rest = (line for folder in others for line in _unstamped(folder))
            found += islice(rest, AT_ONCE - len(found))
        return found

    def _recent(self, names: Collection[str]) -> Iterator[tuple[Path, str]]:
        """What lacks a stamp in these; one that lacks nothing is not read again until it grows."""
        self._stamped = {name: self._stamped[name] for name in names if name in self._stamped}
        for name in names:
            folder = self._recordings / name
            try:
                size = (folder / manifest.NAME).stat().st_size
            except OSError:
                continue
            if self._stamped.get(name) != size:
                lines = list(_unstamped(folder))
                yield from lines
                if not lines:
                    self._stamped[name] = size

    def _some(self) -> Iterable[Path]:
        """The next folders of the walk, which begins anew at its end."""
        folders = list(islice(self._walk, WALK))
        if not folders and self._recordings.is_dir():
            self._walk = self._recordings.iterdir()
        return folders


def _unstamped(folder: Path) -> Iterator[tuple[Path, str]]:
    """Where the stamps that a recording lacks are to be, and the hashes they are about."""
    try:
        lines = list(manifest.read(folder))
    except (OSError, ValueError):
        return  # not sealed, or no longer what it was, which others tell
    for number, line in enumerate(lines, 1):
        if not (path := stamp_path(folder, number)).exists():
            yield path, line.sha256
