"""`python -m tests.web.gallery FOLDER [PREFIX]`: a picture of every canned screen, every size."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import async_playwright

from tests.support.browser import chromium
from tests.web.fake_site import fake_site
from tests.web.looks import SIZES
from tests.web.screens import SCREENS, open_screen


async def _main(folder: Path, prefix: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    async with fake_site() as origin, async_playwright() as playwright, chromium(playwright) as one:
        for width, height in SIZES:
            page = await one.new_page(viewport={"width": width, "height": height})
            for screen in (each for each in SCREENS if each.name.startswith(prefix)):
                await open_screen(page, origin, screen)
                await page.screenshot(path=folder / f"{screen.name}-{screen.testid}-{width}.png")
            await page.close()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
