"""Every canned screen of the terminal and the desk: its name, and what must be on it."""

from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page

SIZES = ((1366, 768), (1920, 1080))
AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"


@dataclass(frozen=True)
class Screen:
    """``testid`` is there when the screen is; ``media``: wait for a moving picture."""

    page: str
    view: str
    testid: str
    media: bool = False
    checked: bool = True

    @property
    def name(self) -> str:
        return f"{self.page}-{self.view}"


SCREENS = (
    Screen("terminal", "home", "start-mediation"),
    Screen("terminal", "home-nobody", "start-mediation"),
    Screen("terminal", "queued", "calling"),
    Screen("terminal", "ringing", "calling"),
    Screen("terminal", "everyone", "calling"),
    Screen("terminal", "unanswered", "nobody-answers"),
    Screen("terminal", "connecting", "room"),
    Screen("terminal", "room", "room", media=True),
    Screen("terminal", "room-many", "room", media=True),
    Screen("terminal", "room-unrecorded", "room"),
    Screen("terminal", "room-alarm", "room"),
    Screen("terminal", "room-other-away", "room"),
    Screen("terminal", "room-paper", "paper", media=True),
    Screen("terminal", "room-paused", "room"),
    Screen("terminal", "after", "after"),
    Screen("terminal", "after-closed", "after"),
    Screen("terminal", "after-none", "after"),
    Screen("desk", "idle", "device-check", checked=False),
    Screen("desk", "idle", "desk"),
    Screen("desk", "off-duty", "desk"),
    Screen("desk", "busy", "desk"),
    Screen("desk", "ringing", "ringing"),
    Screen("desk", "room", "room", media=True),
    Screen("desk", "room-unrecorded", "room"),
    Screen("desk", "room-alarm", "room"),
    Screen("desk", "room-corrected", "room"),
    Screen("desk", "wrapup", "wrapup"),
    Screen("desk", "wrapup-empty", "wrapup"),
)


async def open_screen(page: Page, origin: str, screen: Screen) -> None:
    """Show a screen and wait until it is complete. ``&new``: devices were never checked here."""
    await page.goto(f"{origin}/{screen.page}?view={screen.view}{'' if screen.checked else '&new'}")
    await page.get_by_test_id(screen.testid).wait_for()
    if screen.media:
        await page.evaluate(MOVING)


MOVING = """async () => {
  for (;;) {
    const stats = await window.yuntiaoStats();
    const moving = Object.values(stats?.inbound ?? {}).some((one) => one.framesDecoded > 5);
    if (moving) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}"""

SCROLLS = """() => {
  const page = document.scrollingElement;
  return page.scrollHeight > page.clientHeight || page.scrollWidth > page.clientWidth;
}"""

# A control that a scrolling list has moved out of sight is measured as well.
SMALL = """(least) => [...document.querySelectorAll('button, input:not([type=checkbox]), select')]
  .map((one) => [one.getAttribute('data-testid') ?? one.textContent, one.getBoundingClientRect()])
  .filter(([, box]) => box.height > 0 && (box.height < least - 0.5 || box.width < least - 0.5))
  .map(([name, box]) => `${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`)"""

CUT = """() => [...document.querySelectorAll('.button')]
  .filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.textContent)"""

CLASHES = """async () => {
  const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa'] });
  return violations.flatMap(({ id, nodes }) => nodes.map((one) => `${id}: ${one.html}`));
}"""


async def faults(page: Page, screen: Screen) -> list[str]:
    """What is wrong with the look of a screen: things that scroll, are too small or cut off."""
    found: list[str] = []
    if (screen.page == "terminal" or screen.testid == "room") and await page.evaluate(SCROLLS):
        found.append("scrolls")
    if screen.page == "terminal":
        found += await page.evaluate(SMALL, 72)
    found += [f"cut off: {words}" for words in await page.evaluate(CUT)]
    return found


async def clashes(page: Page) -> list[str]:
    """What axe finds against WCAG 2 A and AA, contrast among it."""
    # The policy allows no foreign script; the debugger's own evaluation is not one.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = await page.evaluate(CLASHES)
    return found
