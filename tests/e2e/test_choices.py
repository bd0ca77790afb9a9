"""What people may also choose: no recording, a break, another lawyer, a call-back."""

from pathlib import Path

from tests.conftest import OpenBrowser, StartService
from tests.e2e.actors import DESK_SCREEN, Lawyer, live, new_page
from tests.e2e.scene import ready_to_call, talking
from tests.e2e.store import events, one_session
from tests.support.waiting import eventually


async def test_who_refuses_is_not_recorded(
    start_service: StartService, open_browser: OpenBrowser
) -> None:
    talk = await talking(start_service, open_browser, recording=False)
    lamp = talk.mediator.at("rec-lamp")
    assert "未录音录像" in await lamp.inner_text()
    await talk.lawyer.advise()
    await talk.lawyer.hang_up()
    await talk.mediator.at("after").wait_for()
    assert one_session(talk.service.data)["recording"] == "declined"
    assert _media_files(talk.service.data / "recordings") == []


async def test_a_break_records_nothing(
    start_service: StartService, open_browser: OpenBrowser
) -> None:
    talk = await talking(start_service, open_browser)
    await talk.mediator.at("more").click()
    await talk.mediator.at("pause").click()
    await talk.lawyer.page.locator("[data-testid=rec-lamp][data-state=paused]").wait_for()
    folder = talk.service.data / "recordings"
    await eventually(lambda: not list(folder.rglob("*.part")), 5, "open segments are closed")
    before = _sizes(folder)
    await talk.lawyer.page.wait_for_timeout(2500)  # a span in which nothing may be written
    assert _sizes(folder) == before
    await talk.mediator.at("resume").click()
    await talk.lawyer.recording()
    await eventually(lambda: _sizes(folder) != before, 10, "it is written again")
    assert len(events(talk.service.data, "recording.paused")) == 1
    assert len(events(talk.service.data, "recording.resumed")) == 1


async def test_the_other_lawyers_stop_ringing(
    start_service: StartService, open_browser: OpenBrowser
) -> None:
    talk = await ready_to_call(start_service, open_browser)
    browser = await open_browser()
    other = Lawyer(await new_page(browser, DESK_SCREEN), talk.service)
    await other.go_on_duty(talk.accounts["lawyer2"])
    await talk.mediator.call("王建国")
    await talk.lawyer.at("decline-call").click()
    await talk.lawyer.at("decline-busy").click()
    await talk.lawyer.at("ringing").wait_for(state="hidden")
    await other.answer()
    await live(talk.mediator)
    assert events(talk.service.data, "call.declined")
    assert len(events(talk.service.data, "call.accepted")) == 1


async def test_nobody_answers(start_service: StartService, open_browser: OpenBrowser) -> None:
    quick = {"YUNTIAO_RING_SECONDS": "2", "YUNTIAO_RING_ALL_SECONDS": "2"}
    talk = await ready_to_call(lambda: start_service("serve", quick), open_browser)
    await talk.mediator.call("王建国")
    await talk.mediator.at("nobody-answers").wait_for()
    await talk.mediator.at("keep-waiting").click()
    await talk.mediator.at("calling").wait_for()
    await talk.mediator.at("nobody-answers").wait_for()
    await talk.mediator.at("request-callback").click()
    await talk.mediator.at("callback-phone").fill("0374-5550101")
    await talk.mediator.at("callback-yes").click()
    await talk.mediator.at("deferred").wait_for()
    assert one_session(talk.service.data)["state"] == "deferred"
    await talk.lawyer.at("callback-card").filter(has_text="0374-5550101").wait_for()
    await talk.lawyer.at("callback-done").click()
    await talk.lawyer.at("callback-card").wait_for(state="hidden")
    assert events(talk.service.data, "session.called_back")


def _media_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in (".webm", ".mkv", ".part")]


def _sizes(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_size for path in _media_files(folder)}
