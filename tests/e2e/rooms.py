"""People who join from a phone, as a test directs them, and what their wire carries."""

from collections.abc import Sequence

from playwright.async_api import Page, WebSocket

from tests.e2e.actors import JOIN_S, Actor, Mediator
from tests.support.service import Service
from tests.support.waiting import eventually

PHONE_SCREEN = {"width": 360, "height": 740}


class Wire:
    """Every text that a page's sockets received."""

    def __init__(self, page: Page) -> None:
        self.received: list[str] = []
        page.on("websocket", self._open)

    def _open(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.received.append(str(frame)))

    def has(self, words: str) -> bool:
        """Tell whether these words ever came."""
        escaped = words.encode("unicode_escape").decode()
        return any(words in text or escaped in text for text in self.received)


class Party(Actor):
    """Somebody with a phone."""

    def __init__(self, page: Page, service: Service, name: str) -> None:
        super().__init__(page, service)
        self.name = name
        self.wire = Wire(page)
        self.taps = 0

    async def tap(self, testid: str) -> None:
        """Press one thing."""
        self.taps += 1
        await self.at(testid).click(timeout=JOIN_S * 1000)

    async def open_link(self, link: str) -> None:
        """Scan the code."""
        await self.page.goto(link)

    async def type_code(self, code: str) -> None:
        """Type the short code in by hand."""
        await self.page.goto(f"{self.url}/join")
        await self.at("join-code").fill(code)
        await self.at("join-code-go").click()

    async def to_the_lobby(self, *, recording: bool = True) -> None:
        """From the opened link to the lobby."""
        await self.tap("join-me")
        await self.tap("agree-recording" if recording else "refuse-recording")
        await self.at("guest-preview").wait_for()
        await self.tap("knock")
        await self.at("guest-lobby").wait_for()

    async def rate_by_link(self, link: str, score: int, words: str) -> None:
        """Say how satisfied one is, on one's own phone, after the talk."""
        await self.page.goto(link)
        await self.at(f"face-{score}").click()
        await self.at("why-words").fill(words)
        await self.at("rate-submit").click()
        await self.at("rated").wait_for()

    async def packets(self, places: Sequence[int] = range(6)) -> dict[int, int]:
        """How many packets came in the slots of these places, from the connection itself."""
        inbound = (await self.stats())["inbound"]
        return {place: int(inbound[str(place)]["packets"]) for place in places}


async def packets(actor: Actor) -> int:
    """How many packets came at all on the present line."""
    stats = await actor.stats()
    # No line just now, as when it is being made anew: nothing comes.
    return sum(int(slot["packets"]) for slot in stats["inbound"].values()) if stats else 0


async def more_comes(*actors: Actor, by: int = 40) -> None:
    """Wait until each has received so many packets more than now."""
    for actor in actors:
        before = await packets(actor)

        async def grown(one: Actor = actor, least: int = before + by) -> bool:
            return await packets(one) >= least

        await eventually(grown, JOIN_S, "packets come")


class Host(Mediator):
    """A mediator who has people join from elsewhere."""

    async def invite(self, name: str) -> tuple[str, str]:
        """Make an invitation; its link and its short code."""
        await self.at("open-people").click()
        await self.at("guest-name").fill(name)
        await self.at("invite").click()
        link = await self.at("invitation-link").input_value()
        code = await self.at("invitation-code").inner_text()
        await self.at("invitation-done").click()
        await self.at("people-close").click()
        return link, code

    def row(self, name: str) -> "RowOf":
        return RowOf(self, name)

    async def talk_apart(self, party: Party, *, lawyer: bool = False) -> None:
        """Ask a party for a talk apart; they agree, and the room is divided."""
        await self.at("aside").click()
        if lawyer:
            await self.at("aside-lawyer").click()
        await self.at("aside-with").filter(has_text=party.name).click()
        await party.at("aside-yes").click()
        for one in (self, party):
            await one.page.locator("[data-testid=aside-strip] [data-state=locked]").wait_for()

    async def rate(self, score: int) -> None:
        """One tap, and nothing more to say."""
        await self.at(f"face-{score}").click()
        await self.at("rate-enough").click()

    async def rating_link(self) -> str:
        """The link that the code on the terminal's screen holds."""
        async with self.page.expect_response("**/feedback-links") as made:
            await self.at("rate-by-phone").click()
        link: str = (await (await made.value).json())["link"]
        await self.at("rate-phone").get_by_role("button").click()
        return link

    async def back_together(self) -> None:
        await self.at("aside-return").click()
        await self.at("aside-strip").wait_for(state="hidden")


class RowOf:
    """Somebody's row in the mediator's list of people."""

    def __init__(self, host: Host, name: str) -> None:
        self._host = host
        self._row = host.at("visitor").filter(has_text=name)

    async def press(self, *testids: str) -> None:
        """Open the list, press these in turn, close it."""
        await self._host.at("open-people").click()
        for testid in testids:
            await self._row.get_by_test_id(testid).click()
        await self._host.at("people-close").click()
