"""A mediation as it is done: two parties by phone, talks apart, consent taken back, and the end."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import OpenBrowser, StartService
from tests.e2e.actors import (
    DESK_SCREEN,
    TERMINAL_SCREEN,
    Admin,
    Lawyer,
    demo_accounts,
    live,
    new_page,
    terminal_code,
)
from tests.e2e.rooms import PHONE_SCREEN, Host, Party, Wire, more_comes, packets
from tests.e2e.store import events, one_session, rows
from tests.support.media import LAWYER, MEDIATOR, PARTY
from tests.support.service import Service
from tests.support.waiting import eventually

SECRET = "我最多让到三千元"


async def test_two_parties_by_phone(start_service: StartService, open_browser: OpenBrowser) -> None:
    service = await start_service()
    accounts = demo_accounts(service.data)
    desk, phones = await open_browser(LAWYER), await open_browser(PARTY)
    lawyer_page, admin_page = await new_page(desk, DESK_SCREEN), await new_page(desk, DESK_SCREEN)
    lawyer, lawyers_wire = Lawyer(lawyer_page, service), Wire(lawyer_page)
    admin, admins_wire = Admin(admin_page, service), Wire(admin_page)
    host = Host(await new_page(await open_browser(MEDIATOR), TERMINAL_SCREEN), service)
    wang = Party(await new_page(phones, PHONE_SCREEN), service, "王建国")
    li = Party(await new_page(phones, PHONE_SCREEN), service, "李秀英")

    # A talk with one person beside the terminal.
    await lawyer.go_on_duty(accounts["lawyer1"])
    await host.open_terminal(terminal_code(service), accounts["mediator01"])
    await host.call("村干部")
    await lawyer.answer()
    await live(lawyer, host)
    await lawyer.recording()

    # Two join from elsewhere: one by link, one by the short code; both wait.
    link, _ = await host.invite(wang.name)
    _, code = await host.invite(li.name)
    await wang.open_link(link)
    await wang.to_the_lobby()
    assert wang.taps <= 3
    await li.type_code(code)
    await li.to_the_lobby()
    await host.at("doorbell").filter(has_text=li.name).wait_for()
    assert not wang.wire.has(li.name)

    # Known, and let in one by one.
    for party in (wang, li):
        await host.row(party.name).press("know-document", "admit")
        await party.at("room").wait_for()
    await more_comes(lawyer, host, wang, li)
    await wang.recording()

    await _a_talk_apart(service, host, lawyer, wang, li)
    for name, wire in (("lawyer", lawyers_wire), ("admin", admins_wire), ("party", li.wire)):
        assert not wire.has(SECRET), name
    assert wang.wire.has(SECRET)

    # The other one, with the lawyer.
    await host.talk_apart(li, lawyer=True)
    await wang.at("aside-wait").wait_for()
    await more_comes(lawyer, li)
    await host.back_together()
    await more_comes(wang)

    # Sent out, and called back.
    await host.row(wang.name).press("send-out")
    await wang.at("guest-lobby").wait_for()
    await host.row(wang.name).press("admit")
    await wang.at("room").wait_for()
    await more_comes(wang)

    # A yes taken back: nothing is recorded any more, until it is given again.
    await lawyer.recording()
    await wang.at("change-recording").click()
    await lawyer.page.locator("[data-testid=rec-lamp][data-state=paused]").wait_for()
    reasons = [event["body"] for event in events(service.data, "recording.paused")]
    assert "no consent of everybody present" in str(reasons[-1])
    assert events(service.data, "consent.withdrawn")
    await wang.at("change-recording").click()
    await lawyer.recording()

    # The end.
    await lawyer.advise()
    await lawyer.hang_up()
    for party in (wang, li):
        await party.at("guest-over").wait_for()
    await lawyer.at("close-session").click()
    await host.rate(5)
    await wang.rate_by_link(await host.rating_link(), 2, "还没有谈完")
    await host.leave()
    await _found_by_the_admin(service, admin)
    await _rated_without_a_name(service, admin, lawyers_wire)
    assert not admins_wire.has(SECRET)
    await eventually(lambda: one_session(service.data)["recording"] == "closed", 30, "sealed")
    await _every_second_is_covered(service)
    assert [one.complaints.seen for one in (lawyer, host, wang, li)] == [[], [], [], []]


async def _a_talk_apart(
    service: Service, host: Host, lawyer: Lawyer, wang: Party, li: Party
) -> None:
    await host.talk_apart(wang)
    for outside in (li, lawyer):
        await outside.at("aside-wait").wait_for()
    folder = service.data / "recordings"
    await eventually(lambda: not list(folder.rglob("*.part")), 10, "open segments are closed")
    on_disk = _media(folder)
    before = {one: await packets(one) for one in (li, lawyer)}
    await wang.at("chat").click()
    await wang.at("chat-text").fill(SECRET)
    await wang.at("chat-send").click()
    await wang.at("chat-line").filter(has_text=SECRET).wait_for()
    await wang.at("chat-close").click()
    await more_comes(host, wang, by=100)
    assert {one: await packets(one) for one in (li, lawyer)} == before
    assert _media(folder) == on_disk
    await li.at("call-mediator").click()
    await host.at("called").filter(has_text=li.name).wait_for()
    await host.back_together()
    await more_comes(li, lawyer, wang)
    await lawyer.recording()


def _media(folder: Path) -> dict[Path, int]:
    """Every file below but the journals, with its size."""
    files = [one for one in folder.rglob("*") if one.suffix in (".webm", ".mkv", ".part")]
    return {one: one.stat().st_size for one in files}


async def _found_by_the_admin(service: Service, admin: Admin) -> None:
    await admin.sign_in_at_desk(demo_accounts(service.data)["admin"])
    await admin.page.goto(f"{service.url}/admin/sessions/{one_session(service.data)['id']}")
    await admin.page.locator("h1").wait_for()
    assert SECRET not in await admin.page.content()


async def _rated_without_a_name(service: Service, admin: Admin, lawyers: Wire) -> None:
    """What was tapped counts in the overview; the person rated never learns of it."""
    kept = rows(service.data, "SELECT score, given_at, words FROM feedback ORDER BY score")
    assert [(one["score"], one["given_at"]) for one in kept] == [(2, "link"), (5, "terminal")]
    assert not lawyers.has(kept[0]["words"])
    await admin.page.goto(f"{service.url}/admin/overview")
    await admin.page.get_by_text("非常满意").first.wait_for()


async def _every_second_is_covered(service: Service) -> None:
    command = [sys.executable, "-m", "server", "consents", one_session(service.data)["number"]]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YUNTIAO_")}

    def shown() -> bool:
        done = subprocess.run(
            command,
            env={**kept, "YUNTIAO_DATA": str(service.data)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "NO CONSENT" not in done.stdout
        return done.stdout.count("王建国") >= 2

    await eventually(shown, 30, "every recorded second is covered")
