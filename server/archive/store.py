"""An S3-compatible object store: put, read back, fetch, delete, and whether it locks objects."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from aiohttp import ClientError, ClientSession, ClientTimeout
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

_CHUNK = 1024 * 1024
_ASK_S = 30


class StoreFailed(OSError):
    """The store does not answer, refuses, or gave back something else than was stored."""


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """``url``: ``s3://BUCKET/PREFIX``; ``endpoint`` is empty for Amazon's own."""

    url: str
    endpoint: str
    region: str
    access_key: str
    secret_key: str


class Store:
    """One bucket, below one prefix."""

    def __init__(self, settings: StoreSettings) -> None:
        parts = urlsplit(settings.url)
        self._prefix = parts.path.strip("/")
        self._store = S3Store(
            parts.netloc,
            endpoint=settings.endpoint or None,
            region=settings.region,
            access_key_id=settings.access_key,
            secret_access_key=settings.secret_key,
            virtual_hosted_style_request=False,
            # A bucket that locks objects takes none without a checksum.
            checksum_algorithm="SHA256",
            client_options={
                "allow_http": settings.endpoint.startswith("http:"),
                "connect_timeout": "5s",
                "timeout": "120s",
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
        )

    async def put(self, name: str, content: Path | bytes) -> str:
        """Store a file or bytes; the version's name, empty where the bucket keeps no versions.

        Raises StoreFailed, OSError.
        """
        try:
            done = await obstore.put_async(self._store, self._key(name), content)
        except BaseError as error:
            raise StoreFailed(name) from error
        return done["version"] or ""

    async def sha256(self, name: str) -> str:
        """Read an object back as a whole; its hash. Raises StoreFailed."""
        digest = hashlib.sha256()
        await self._read(name, digest.update)
        return digest.hexdigest()

    async def fetch(self, name: str, target: Path) -> str:
        """Write an object to a new file; its hash. Raises StoreFailed, OSError."""
        digest = hashlib.sha256()
        with target.open("xb") as file:

            def write(chunk: bytes) -> None:
                digest.update(chunk)
                file.write(chunk)

            await self._read(name, write)
        return digest.hexdigest()

    def read_range(self, name: str, start: int, end: int) -> bytes:
        """Read the bytes from ``start`` to before ``end``; blocks. Raises StoreFailed."""
        try:
            return bytes(obstore.get_range(self._store, self._key(name), start=start, end=end))
        except BaseError as error:
            raise StoreFailed(name) from error

    async def delete(self, name: str) -> None:
        """Delete an object; one that is not there is deleted. Raises StoreFailed."""
        try:
            await obstore.delete_async(self._store, self._key(name))
        except NotFoundError:
            return
        except BaseError as error:
            raise StoreFailed(name) from error

    async def is_locked(self, name: str) -> bool:
        """Tell whether the store refuses to delete an object until a date. Raises StoreFailed."""
        try:
            url = await obstore.sign_async(
                self._store, "HEAD", self._key(name), timedelta(seconds=_ASK_S)
            )
            timeout = ClientTimeout(total=_ASK_S)
            async with ClientSession(timeout=timeout) as http, http.head(url) as answer:
                if answer.status != 200:
                    raise StoreFailed(name)
                return "x-amz-object-lock-retain-until-date" in answer.headers
        except (BaseError, ClientError, TimeoutError) as error:
            raise StoreFailed(name) from error

    async def _read(self, name: str, take: Callable[[bytes], object]) -> None:
        try:
            found = await obstore.get_async(self._store, self._key(name))
            async for chunk in found.stream(min_chunk_size=_CHUNK):
                take(bytes(chunk))
        except BaseError as error:
            raise StoreFailed(name) from error

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name
