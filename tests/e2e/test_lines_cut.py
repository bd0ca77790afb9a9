"""A cable that is pulled for half a minute, and an address that changes: the same people go on."""

import asyncio
import time
from pathlib import Path

from recordings import journal, records
from recordings.model import GapCause, TrackKind
from recordings.verify import verify
from tests.conftest import OpenBrowser, StartService
from tests.e2e.actors import Actor, live
from tests.e2e.outside import outside_mediator
from tests.e2e.scene import Talk
from tests.e2e.store import events, one_session, rows
from tests.support.lines import line
from tests.support.waiting import SLOWNESS, eventually

CUT_S = 30
BACK_S = 3


async def test_a_cut_of_thirty_seconds(
    start_service: StartService, open_browser: OpenBrowser, tmp_path: Path
) -> None:
    with line() as cable:
        async with outside_mediator(start_service, open_browser, tmp_path, cable) as talk:
            await _talking(talk)
            cut_at = time.monotonic()
            cable.cut()
            await talk.lawyer.page.get_by_text("对方连接中断，正在重新连接").wait_for()
            # The relay knows within 5 s, then it is shown.
            assert time.monotonic() - cut_at <= 5.5 * SLOWNESS
            await _until(cut_at + CUT_S)
            cable.mend()
            took = await _back(talk)
            assert took <= BACK_S * SLOWNESS
            await _one_recording(talk, CUT_S)


async def test_an_address_that_changes(
    start_service: StartService, open_browser: OpenBrowser, tmp_path: Path
) -> None:
    with line() as cable:
        async with outside_mediator(start_service, open_browser, tmp_path, cable) as talk:
            await _talking(talk)
            cable.readdress()
            took = await _back(talk)
            assert took <= BACK_S * SLOWNESS
            await _one_recording(talk, 0)


async def _talking(talk: Talk) -> None:
    await talk.mediator.call("王建国")
    await talk.lawyer.answer()
    await live(talk.lawyer, talk.mediator)
    await talk.lawyer.recording()


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


async def _back(talk: Talk) -> float:
    """Seconds until both see and hear the other again, on a line that was made anew."""
    began = time.monotonic()
    data = talk.service.data
    await eventually(lambda: events(data, "participant.returned"), 20, "it is made anew")
    await asyncio.gather(_moves(talk.mediator), _moves(talk.lawyer))
    return time.monotonic() - began


async def _moves(actor: Actor) -> None:
    """Wait for pictures and sound that were not there at the first look."""
    before = await _arrived(actor)

    async def more() -> bool:
        now = await _arrived(actor)
        # A fresh connection counts from zero.
        return now[0] not in (0, before[0]) and now[1] not in (0.0, before[1])

    await eventually(more, 20, "pictures and sound come again")


async def _arrived(actor: Actor) -> tuple[int, float]:
    stats = await actor.page.evaluate("window.yuntiaoStats()")
    slots = stats["inbound"].values() if stats else ()
    frames = sum(slot["framesDecoded"] for slot in slots)
    return frames, sum(slot["totalAudioEnergy"] for slot in slots)


async def _one_recording(talk: Talk, gap_s: float) -> None:
    data = talk.service.data
    people = rows(data, "SELECT * FROM participant")
    assert len(people) == 2  # nobody came twice
    await talk.lawyer.recording()
    await talk.lawyer.hang_up()
    await talk.mediator.at("after").wait_for()
    await eventually(lambda: one_session(data)["recording"] == "closed", 10, "it is sealed")
    assert not events(data, "recording.interrupted")
    folder = data / "recordings" / one_session(data)["id"]
    assert verify(folder) == []
    (mediator,) = [one["id"] for one in people if one["role"] == "mediator"]
    for track in (TrackKind.MICROPHONE, TrackKind.CAMERA):
        gaps = [
            record
            for record in journal.read(folder)
            if isinstance(record, records.Gap)
            and (record.participant, record.track) == (mediator, track)
        ]
        # A page that gets no time to run makes its line anew again: one more gap, explained too.
        assert {gap.cause for gap in gaps} == {GapCause.RECONNECT}
        assert gap_s <= max(gap.end - gap.start for gap in gaps) <= gap_s + 10 * SLOWNESS
