"""What people notice when a process is killed in the middle of their talk: nearly nothing."""

import asyncio
import time

from recordings.model import TrackKind
from recordings.verify import verify
from tests.conftest import OpenBrowser, StartService
from tests.e2e.actors import ADVICE, Actor
from tests.e2e.recorded import tracks
from tests.e2e.scene import Talk, talking
from tests.e2e.store import events, one_session
from tests.support.waiting import SLOWNESS, eventually

WATCH = """() => {
  window.pictures = [];
  let seen = -1;
  setInterval(async () => {
    const stats = await window.yuntiaoStats();
    const slots = Object.values(stats?.inbound ?? {});
    const frames = slots.reduce((sum, slot) => sum + slot.framesDecoded, 0);
    if (frames !== seen) window.pictures.push(performance.now());
    seen = frames;
  }, 50);
}"""
LONGEST_PAUSE = (
    """() => Math.max(0, ...window.pictures.slice(1).map((at, n) => at - window.pictures[n]))"""
)


async def test_the_web_process_dies(start_service: StartService, open_browser: OpenBrowser) -> None:
    talk = await talking(start_service, open_browser)
    for actor in (talk.lawyer, talk.mediator):
        await actor.page.evaluate(WATCH)
    talk.service.kill("web")
    began = time.monotonic()
    await talk.lawyer.at("trouble-line").wait_for()
    await _lines_are_back(talk)
    assert time.monotonic() - began <= 5 * SLOWNESS
    await talk.lawyer.advise()
    await talk.mediator.at("advice-card").filter(has_text=ADVICE).wait_for()
    await talk.mediator.recording()
    for actor in (talk.lawyer, talk.mediator):
        assert await actor.page.evaluate(LONGEST_PAUSE) <= 1000 * SLOWNESS


async def test_the_relay_dies(start_service: StartService, open_browser: OpenBrowser) -> None:
    talk = await talking(start_service, open_browser)
    folder = talk.service.data / "recordings" / one_session(talk.service.data)["id"]
    await asyncio.gather(*(_frames(actor, 30) for actor in (talk.lawyer, talk.mediator)))
    talk.service.kill("relay")
    killed = time.time()
    began = time.monotonic()
    await _call_is_back(talk)
    assert time.monotonic() - began <= 8 * SLOWNESS
    await talk.lawyer.recording()
    await talk.lawyer.hang_up()
    await talk.mediator.at("after").wait_for()
    await eventually(
        lambda: one_session(talk.service.data)["recording"] == "closed", 10, "it is sealed"
    )
    assert verify(folder) == []
    for (_, kind), track in tracks(folder).items():
        before = [segment for segment in track.segments if segment.start < killed]
        assert before, "what was recorded before the relay died is there"
        assert killed - before[-1].end <= 1.0 * SLOWNESS
        if kind is TrackKind.CAMERA:
            assert len(list(track.pictures())) >= 0.95 * track.frames
    assert events(talk.service.data, "recording.interrupted")


async def _lines_are_back(talk: Talk) -> None:
    for actor in (talk.lawyer, talk.mediator):
        await actor.at("trouble-line").wait_for(state="hidden")


async def _frames(actor: Actor, count: int) -> None:
    async def seen() -> bool:
        inbound = (await actor.stats())["inbound"].values()
        return bool(sum(slot["framesDecoded"] for slot in inbound) >= count)

    await eventually(seen, 20, "pictures come")


async def _call_is_back(talk: Talk) -> None:
    """Both have a new line on which pictures come."""
    for actor in (talk.lawyer, talk.mediator):

        async def fresh(one: Actor = actor) -> bool:
            stats = await one.page.evaluate("window.yuntiaoStats()")
            if stats is None or stats["state"] != "connected":
                return False
            frames = sum(slot["framesDecoded"] for slot in stats["inbound"].values())
            return bool(frames > 0)

        await eventually(lambda: _reconnected(talk), 10, "the log says that they are back")
        await eventually(fresh, 10, "pictures come on the new line")


def _reconnected(talk: Talk) -> bool:
    return len(events(talk.service.data, "participant.returned")) >= 2
