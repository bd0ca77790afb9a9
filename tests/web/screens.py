"""Every canned screen of the terminal and the desk: its name, and what must be on it."""

from dataclasses import dataclass

from playwright.async_api import Page

from tests.web.looks import PHONE, cut_or_covered


@dataclass(frozen=True)
class Screen:
    """``testid`` is there when the screen is; ``media``: wait for a moving picture.

    ``press``: what is pressed in turn to come there, ``testid`` after that.
    """

    page: str
    view: str
    testid: str
    media: bool = False
    checked: bool = True
    press: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return "-".join((self.page, self.view, *self.press))


SCREENS = (
    Screen("terminal", "home", "start-mediation"),
    Screen("terminal", "home-nobody", "start-mediation"),
    Screen("terminal", "home-booked", "next-appointment"),
    Screen("terminal", "called", "called"),
    Screen("terminal", "called-auto", "auto-answer"),
    Screen("terminal", "room-called", "being-seen"),
    Screen("terminal", "home-adjourned", "go-on"),
    Screen("terminal", "home-adjourned", "go-on-dialog", press=("go-on",)),
    Screen(
        "terminal", "home-adjourned", "call-lawyer", press=("go-on", "go-on-with", "next", "next")
    ),
    Screen("terminal", "queued", "calling"),
    Screen("terminal", "ringing", "calling"),
    Screen("terminal", "everyone", "calling"),
    Screen("terminal", "unanswered", "nobody-answers"),
    Screen("terminal", "connecting", "room"),
    Screen("terminal", "room", "room", media=True),
    Screen("terminal", "room", "more-dialog", press=("more",)),
    Screen("terminal", "room", "adjourn-dialog", press=("more", "adjourn")),
    Screen("terminal", "room-photos", "photos", media=True),
    Screen("terminal", "room-photos", "photo-large", press=("photo",)),
    Screen("terminal", "room-put-away", "photo-taking-back", press=("photo", "photo-take-back")),
    Screen("terminal", "room-photos", "give-photo", press=("more", "give-photo-open")),
    Screen("terminal", "room-handing", "handing"),
    Screen("terminal", "room-conflict", "lawyers-conflict"),
    Screen("terminal", "again", "calling"),
    Screen("terminal", "room-many", "room", media=True),
    Screen("terminal", "room-unrecorded", "room"),
    Screen("terminal", "room-alarm", "room"),
    Screen("terminal", "room-other-away", "room"),
    Screen("terminal", "room-paper", "paper", media=True),
    Screen("terminal", "room-paused", "room"),
    Screen("terminal", "room-six", "room", media=True),
    Screen("terminal", "room-six", "people", press=("open-people",)),
    Screen("terminal", "room-six", "chat-text", press=("more", "chat")),
    Screen("terminal", "room-six", "aside-choice", press=("aside",)),
    Screen("terminal", "room-eight", "room", media=True),
    Screen("terminal", "room-aside", "aside-strip"),
    Screen("terminal", "after", "after"),
    Screen("terminal", "after-closed", "after"),
    Screen("terminal", "after-adjourned", "after"),
    Screen("terminal", "after-none", "after"),
    Screen("desk", "idle", "device-check", checked=False),
    Screen("desk", "idle", "desk"),
    Screen("desk", "off-duty", "desk"),
    Screen("desk", "busy", "desk"),
    Screen("desk", "booked", "appointment-reminder"),
    Screen("desk", "calling", "calling-station"),
    Screen("desk", "ringing", "ringing"),
    Screen("desk", "room", "room", media=True),
    Screen("desk", "room-photos", "photos", media=True),
    Screen("desk", "room-photos", "photo-large", press=("photo",)),
    Screen("desk", "room-continued", "previous", press=("tab-facts",)),
    Screen("desk", "room-handing", "handing"),
    Screen("desk", "room-unmet", "nobody-came"),
    Screen("desk", "room-conflict", "own-conflict"),
    Screen("desk", "room", "colleagues-dialog", press=("colleagues",)),
    Screen("desk", "ringing-transfer", "ringing"),
    Screen("desk", "room-waits", "aside-wait"),
    Screen("desk", "room-chat", "chat-text", press=("tab-chat",)),
    Screen("desk", "room-unrecorded", "room"),
    Screen("desk", "room-alarm", "room"),
    Screen("desk", "room-corrected", "room"),
    Screen("desk", "wrapup", "wrapup"),
    Screen("desk", "wrapup-empty", "wrapup"),
    Screen("guest", "asked", "guest-asked"),
    Screen("guest", "check", "guest-check"),
    Screen("guest", "lobby", "guest-lobby"),
    Screen("guest", "lobby-back", "guest-lobby"),
    Screen("guest", "room", "room", media=True),
    Screen("guest", "room-paper", "paper", media=True),
    Screen("guest", "room-photos", "photos", media=True),
    Screen("guest", "room-photos", "give-photo", press=("give-photo-open",)),
    Screen("guest", "room-photos", "photo-large", press=("photo",)),
    Screen("guest", "room-photos", "photo-taking-back", press=("photo", "photo-take-back")),
    Screen("guest", "room-six", "room", media=True),
    Screen("guest", "room-six", "chat-dialog", press=("chat",)),
    Screen("guest", "room-voice", "by-voice", media=True),
    Screen("guest", "room-asked-aside", "aside-asked"),
    Screen("guest", "room-aside", "aside-strip"),
    Screen("guest", "room-aside-asked", "kept-asked"),
    Screen("guest", "room-aside-kept", "kept"),
    Screen("guest", "room-waits", "aside-wait"),
    Screen("guest", "left", "guest-left"),
    Screen("guest", "left", "guest-check", press=("guest-return",)),
    Screen("guest", "refused", "guest-refused"),
    Screen("guest", "over", "guest-over"),
    Screen("guest", "over-goes-on", "guest-over"),
)


async def show(page: Page, origin: str, where: str, view: str) -> None:
    await page.goto(f"{origin}/{where}?view={view}")


async def sent(page: Page, kind: str) -> list[dict[str, object]]:
    """The bodies of the commands of one type that the service was sent."""
    bodies: list[dict[str, object]] = await page.evaluate(
        "(kind) => fake.sent.filter((one) => one.type === kind).map((one) => one.body)", kind
    )
    return bodies


async def open_screen(page: Page, origin: str, screen: Screen) -> None:
    """Show a screen and wait until it is complete. ``&new``: devices were never checked here."""
    await page.goto(f"{origin}/{screen.page}?view={screen.view}{'' if screen.checked else '&new'}")
    for one in screen.press:
        await page.get_by_test_id(one).first.click()
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

ONE_OF = """async (type) => {
  while (!fake.sent.some((one) => one.type === type))
    await new Promise((resolve) => setTimeout(resolve, 50));
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


async def faults(page: Page, screen: Screen, size: tuple[int, int]) -> list[str]:
    """What is wrong with a screen's look: it scrolls, is too small for a finger, is cut off.

    On a phone's screen everything may scroll, and a finger is a thumb.
    """
    found: list[str] = []
    fixed = screen.page == "terminal" or screen.testid == "room"
    if fixed and size != PHONE and await page.evaluate(SCROLLS):
        found.append("scrolls")
    if screen.page == "terminal":
        found += await page.evaluate(SMALL, 48 if size == PHONE else 72)
    return found + await cut_or_covered(page)
