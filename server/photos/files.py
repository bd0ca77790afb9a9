"""Where a photo's pictures lie: reading them, here or from the archive."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from recordings.media_file import Changed, Media, Unreadable, open_arriving, open_media, read_all
from recordings.records import Kept
from recordings.sealed_file import Source
from recordings.vault import KeyUnavailable, Vault
from server.photos.rule import PhotoMissing
from server.storage.schema import Photo

log = logging.getLogger(__name__)

Elsewhere = Callable[[str, str], Awaitable[Source | None]]
"""Finds the file of a session in the archive."""


async def source_of(
    path: Path, session_id: str, file: str, elsewhere: Elsewhere | None
) -> Source | None:
    """Return the archive's copy of a file that is not here; None: it is here, or nowhere."""
    if elsewhere is None or await asyncio.to_thread(path.is_file):
        return None
    return await elsewhere(session_id, file)


@dataclass(frozen=True, slots=True)
class PhotoFiles:
    """The photos of the sessions below ``recordings``."""

    recordings: Path
    vault: Vault | None
    elsewhere: Elsewhere | None = None

    async def read(self, photo: Photo, *, small: bool) -> bytes:
        """Return the photo, or its small picture, as JPEG; raise PhotoMissing, also of another file
        that lies where it was kept.
        """
        kept = Kept(**photo.files[1 if small else 0])
        path = self.recordings / photo.session_id / kept.file
        source = await source_of(path, photo.session_id, kept.file, self.elsewhere)

        def opened() -> Media:
            if source is not None:
                return open_arriving(source, photo.session_id, self.vault, kept.bytes)
            return open_media(path, self.vault)

        def read() -> bytes:
            data = read_all(opened())
            if hashlib.sha256(data).hexdigest() != kept.sha256:
                raise Changed(kept.file)
            return data

        try:
            return await asyncio.to_thread(read)
        except Changed:
            log.exception("photos.changed", extra={"session": photo.session_id, "photo": photo.id})
            raise PhotoMissing from None
        except (Unreadable, KeyUnavailable, OSError):
            raise PhotoMissing from None
