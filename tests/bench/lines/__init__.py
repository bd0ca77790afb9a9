"""What people notice on thin lines: real Chromium at the far end of a network namespace.

Needs root, nftables and iproute2. The far page looks at a picture of 1280x720 that no encoder can
make small. A busy machine stands still by itself: `lines.freeze_ratio_0` says how much.
"""

import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.bench.lines.crowd import crowd
from tests.bench.lines.losses import losses
from tests.bench.lines.narrow import narrow
from tests.bench.lines.ramp import ramp
from tests.conftest import OpenBrowser
from tests.support.browser import Outside, chromium
from tests.support.media import BUSY, Persona, write_busy_media, write_fake_media

Figure = tuple[str, float, str]
Scene = Callable[[OpenBrowser, Path], Awaitable[list[Figure]]]

_SCENES: dict[tuple[str, ...], Scene] = {
    ("lines.ramp_s", "lines.ramp_kbps"): ramp,
    tuple(
        f"lines.{what}_{per_cent}"
        for per_cent in (0, 5, 10, 20)
        for what in ("freeze_ratio", "silence_ms", "kbps")
    ): losses,
    (
        "lines.adapt_s_300k",
        "lines.kbps_300k",
        "lines.standstill_s_300k",
        "lines.silence_ms_300k",
        "lines.recover_s",
    ): narrow,
    ("lines.crowd_",): crowd,
}


async def run() -> list[Figure]:
    """Measure what ONLY asks for; names, values and units as the README lists them."""
    only = os.environ.get("ONLY", "")
    figures: list[Figure] = []
    for names, scene in _SCENES.items():
        if any(name.startswith(only) or only.startswith(name) for name in names):
            with tempfile.TemporaryDirectory(prefix="yuntiao-bench-") as folder:
                async with _browsers(Path(folder)) as open_browser:
                    figures += await scene(open_browser, Path(folder))
    return figures


@contextlib.asynccontextmanager
async def _browsers(folder: Path) -> AsyncIterator[OpenBrowser]:
    async with async_playwright() as playwright, contextlib.AsyncExitStack() as opened:

        async def open_one(
            persona: Persona | None = None, outside: Outside | None = None
        ) -> Browser:
            media = None
            if persona is not None:
                busy = persona is BUSY
                media = write_busy_media(folder) if busy else write_fake_media(persona, folder)
            return await opened.enter_async_context(chromium(playwright, media, outside))

        yield open_one
