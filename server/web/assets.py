"""Files for the browser: /static/ from one folder, /vendor/ from a named list of package files.

A file asked for with its own content hash (``?v=…``) may be kept for ever; any other is asked
about again each time and mostly answered with 304.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from aiohttp import web

from server.web.routes import PUBLIC, Route, route
from signaling.errors import NotFound

CONTENT_TYPES = MappingProxyType(
    {
        ".css": "text/css",
        ".js": "text/javascript",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".ico": "image/x-icon",
        ".woff2": "font/woff2",
        ".mp3": "audio/mpeg",
        ".wav": "audio/wav",
        ".ogg": "audio/ogg",
        ".webmanifest": "application/manifest+json",
    }
)

VENDOR = MappingProxyType(
    {
        "socket.io.js": "socket.io-client/dist/socket.io.esm.min.js",
        "preact.js": "htm/preact/standalone.module.js",
    }
)

_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class MissingAssets(Exception):
    """A package file is not installed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file's bytes as they were at ``stamp`` (mtime in ns, size); ``etag`` is their hash."""

    stamp: tuple[int, int]
    content: bytes
    etag: str
    content_type: str


class Assets:
    """Every file that may be served, found by its address below the root of the site."""

    def __init__(self, static: Path, packages: Path, vendor: Mapping[str, str] = VENDOR) -> None:
        self._static = static.resolve()
        self._vendor = {name: packages / path for name, path in vendor.items()}
        self._kept: dict[Path, Asset] = {}
        for name, path in self._vendor.items():
            if not path.is_file():
                raise MissingAssets(f"/vendor/{name} is not installed: run `npm ci` in {packages}")

    def static(self, name: str) -> Asset | None:
        """Return a file below the static folder; None for anything else."""
        if not _PATH.fullmatch(name):
            return None
        path = (self._static / name).resolve()
        return self._load(path) if path.is_relative_to(self._static) else None

    def vendor(self, name: str) -> Asset | None:
        """Return a listed package file."""
        path = self._vendor.get(name)
        return self._load(path) if path else None

    def address(self, name: str) -> str:
        """Return a static file's address with its content hash; LookupError: no such file."""
        found = self.static(name)
        if found is None:
            raise LookupError(f"no static file {name}")
        return f"/static/{name}?v={found.etag}"

    def _load(self, path: Path) -> Asset | None:
        content_type = CONTENT_TYPES.get(path.suffix)
        if content_type is None or not path.is_file():
            return None
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        kept = self._kept.get(path)
        if kept is None or kept.stamp != stamp:
            content = path.read_bytes()
            etag = hashlib.sha256(content).hexdigest()[:20]
            kept = self._kept[path] = Asset(stamp, content, etag, content_type)
        return kept


def asset_routes(assets: Assets) -> list[Route]:
    """/static/… and /vendor/…, open to anybody."""

    async def static(request: web.Request) -> web.StreamResponse:
        return _serve(request, assets.static(request.match_info["name"]))

    async def vendor(request: web.Request) -> web.StreamResponse:
        return _serve(request, assets.vendor(request.match_info["name"]))

    async def favicon(request: web.Request) -> web.StreamResponse:
        return _serve(request, assets.static("favicon.svg"))

    return [
        route("GET", "/static/{name:.+}", static, PUBLIC),
        route("GET", "/vendor/{name}", vendor, PUBLIC),
        route("GET", "/favicon.ico", favicon, PUBLIC),
    ]


def _serve(request: web.Request, asset: Asset | None) -> web.StreamResponse:
    if asset is None:
        raise NotFound
    kept = FOR_EVER if request.query.get("v") == asset.etag else ASK_AGAIN
    headers = {"Cache-Control": kept, "ETag": f'"{asset.etag}"'}
    if any(tag.value == asset.etag for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    charset = "utf-8" if asset.content_type.startswith("text/") else None
    return web.Response(
        body=asset.content, content_type=asset.content_type, charset=charset, headers=headers
    )
