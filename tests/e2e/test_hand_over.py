"""A colleague is called in, then takes the talk over: seen in three real browsers."""

from tests.conftest import OpenBrowser, StartService
from tests.e2e.actors import DESK_SCREEN, Lawyer, live, new_page
from tests.e2e.scene import talking
from tests.e2e.store import events
from tests.support.waiting import eventually


async def test_a_colleague_joins_leaves_and_takes_the_talk_over(
    start_service: StartService, open_browser: OpenBrowser
) -> None:
    talk = await talking(start_service, open_browser)
    other = Lawyer(await new_page(await open_browser(), DESK_SCREEN), talk.service)
    await other.go_on_duty(talk.accounts["lawyer2"])

    await talk.lawyer.at("colleagues").click()
    await talk.lawyer.at("call-in").click()
    await talk.mediator.at("handing").wait_for()
    await other.answer()
    await talk.mediator.at("handing").wait_for(state="hidden")

    async def three() -> bool:
        return len(await talk.mediator.heard_places()) >= 2

    await eventually(three, 30, "the mediator receives both lawyers")
    await other.at("leave-talk").click()
    await other.at("desk").wait_for()

    await talk.lawyer.at("colleagues").click()
    await talk.lawyer.at("transfer").click()
    await other.answer()
    await talk.lawyer.at("desk").wait_for()
    await live(other, talk.mediator)
    await other.recording()
    await other.advise()
    await other.hang_up()
    await talk.mediator.at("after").wait_for()
    assert len(events(talk.service.data, "call.joined")) == 1
    assert len(events(talk.service.data, "call.taken_over")) == 1
