"""Debian's Chromium under Playwright, with fake devices that play known media."""

import contextlib
import shutil
from collections.abc import AsyncIterator

from playwright.async_api import Browser, ConsoleMessage, Page, Playwright

from tests.support.media import FakeMedia

FLAGS = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A test's page is never looked at: none of these may slow its timers or its video down.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
)


@contextlib.asynccontextmanager
async def chromium(
    playwright: Playwright, media: FakeMedia | None = None
) -> AsyncIterator[Browser]:
    """One browser process. Fake devices belong to the process: one browser per persona."""
    path = shutil.which("chromium") or "/usr/bin/chromium"
    files = []
    if media is not None:
        files = [
            f"--use-file-for-fake-video-capture={media.video}",
            f"--use-file-for-fake-audio-capture={media.audio}",
        ]
    browser = await playwright.chromium.launch(
        executable_path=path, chromium_sandbox=False, args=[*FLAGS, *files]
    )
    try:
        yield browser
    finally:
        await browser.close()


class Complaints:
    """What a page's console said in red and what its scripts threw: an empty list is expected."""

    def __init__(self, page: Page) -> None:
        self.seen: list[str] = []
        page.on("pageerror", lambda error: self.seen.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.seen.append(message.text)
