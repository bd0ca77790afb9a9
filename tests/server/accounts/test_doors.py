"""The doors over HTTP: pages, cookies, and what is refused."""

import json
import re
from collections.abc import AsyncIterator

import pytest

from tests.server.house import FROM_US, HOST, PASSWORD, Browser, House


@pytest.fixture
async def other(small_house: House) -> AsyncIterator[Browser]:
    """A second browser."""
    async with small_house.browser() as opened:
        yield opened


async def boot_of(browser: Browser, path: str) -> dict[str, object]:
    page = await (await browser.get(path)).text()
    found = re.search(r'<script type="application/json" id="boot">(.*?)</script>', page)
    assert found
    boot: dict[str, object] = json.loads(found[1])
    return boot


async def test_root_leads_to_the_right_door(small_house: House, browser: Browser) -> None:
    assert (await browser.get("/")).headers["Location"] == "/login"
    await browser.enrol(small_house)
    assert (await browser.get("/")).headers["Location"] == "/terminal"


@pytest.mark.parametrize(
    ("username", "home"), [("lawyer", "/desk"), ("admin", "/admin"), ("supervisor", "/admin")]
)
async def test_sign_in_leads_home(
    small_house: House, browser: Browser, username: str, home: str
) -> None:
    answer = await browser.post("/api/sign-in", {"username": username, "password": PASSWORD})
    assert await answer.json() == {"next": home}
    assert (await browser.get("/")).headers["Location"] == home
    assert (await browser.get("/login")).headers["Location"] == home


async def test_cookie_is_out_of_reach_of_scripts(browser: Browser) -> None:
    answer = await browser.post("/api/sign-in", {"username": "lawyer", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("yuntiao=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Max-Age" not in cookie


async def test_device_cookie_lasts_a_year(small_house: House, browser: Browser) -> None:
    code = await small_house.terminals.make_code_for("A")
    answer = await browser.post("/api/terminal/enrol", {"code": code.text})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("yuntiao-terminal=")
    assert "Max-Age=31536000" in cookie
    assert "HttpOnly" in cookie


async def test_wrong_password_is_401_and_sets_no_cookie(browser: Browser) -> None:
    answer = await browser.post("/api/sign-in", {"username": "lawyer", "password": "wrong"})
    assert answer.status == 401
    assert (await answer.json())["code"] == "wrong_password"
    assert "Set-Cookie" not in answer.headers


async def test_too_many_tries_are_429(browser: Browser) -> None:
    for _ in range(5):
        await browser.post("/api/sign-in", {"username": "lawyer", "password": "wrong"})
    answer = await browser.post("/api/sign-in", {"username": "lawyer", "password": PASSWORD})
    assert answer.status == 429
    assert (await answer.json())["code"] == "too_many_tries"


async def test_sign_out(small_house: House, browser: Browser) -> None:
    await browser.sign_in(small_house, "lawyer")
    before = browser.cookies()
    assert (await browser.post("/api/sign-out")).status == 200
    assert await small_house.accounts.principal_of(before) is None
    assert (await browser.get("/desk")).headers["Location"] == "/login?next=/desk"


async def test_expired_login_goes_back_to_the_door(small_house: House, browser: Browser) -> None:
    await browser.sign_in(small_house, "admin")
    small_house.clock.forward(hours=13)
    assert (await browser.get("/admin/audit")).headers["Location"] == "/login?next=/admin/audit"
    answer = await browser.get("/api/audit")
    assert answer.status == 401
    assert (await answer.json())["code"] == "sign_in_needed"


async def test_terminal_from_code_to_app(small_house: House, browser: Browser) -> None:
    assert "登记这台终端" in await (await browser.get("/terminal?code=1234-5678")).text()
    await browser.enrol(small_house)
    names = await (await browser.get("/terminal")).text()
    assert small_house.people["mediator"].id in names
    assert small_house.people["elsewhere"].id not in names
    assert (await browser.sign_in_at_terminal(small_house, "mediator")).status == 200
    boot = await boot_of(browser, "/terminal")
    assert boot["csrf"] == browser.csrf
    assert boot["hotline"] == "12348"
    assert boot["me"] == {
        "id": small_house.people["mediator"].id,
        "name": "某mediator",
        "role": "mediator",
        "station": {"name": "A工作站", "phone": ""},
    }


async def test_mediator_of_another_station_is_unknown_here(
    small_house: House, browser: Browser
) -> None:
    await browser.enrol(small_house, "A")
    answer = await browser.sign_in_at_terminal(small_house, "elsewhere")
    assert answer.status == 401
    assert (await answer.json())["code"] == "wrong_password"


async def test_unenrolled_browser_cannot_sign_a_mediator_in(
    small_house: House, browser: Browser
) -> None:
    answer = await browser.sign_in_at_terminal(small_house, "mediator")
    assert answer.status == 403
    assert (await answer.json())["code"] == "no_terminal"


async def test_device_key_of_another_browser_does_not_carry_the_login(
    small_house: House, browser: Browser, other: Browser
) -> None:
    await browser.enrol(small_house, "A")
    await browser.sign_in_at_terminal(small_house, "mediator")
    await other.enrol(small_house, "B")
    stolen = {"Cookie": f"yuntiao={browser.cookies()['yuntiao']}", **HOST}
    page = await (await other.get("/terminal", headers=stolen)).text()
    assert 'id="boot"' not in page


async def test_revoked_terminal_starts_afresh(small_house: House, browser: Browser) -> None:
    await browser.enrol(small_house)
    await browser.sign_in_at_terminal(small_house, "mediator")
    terminal = await small_house.terminals.terminal_of(browser.cookies())
    assert terminal is not None
    await small_house.terminals.revoke(terminal.device_id, None)
    assert "登记这台终端" in await (await browser.get("/terminal")).text()


async def test_lawyer_at_a_terminal_sees_the_names(small_house: House, browser: Browser) -> None:
    await browser.enrol(small_house)
    await browser.sign_in(small_house, "lawyer")
    assert "您是哪一位" in await (await browser.get("/terminal")).text()


async def test_notice_of_tomorrow_is_not_shown_today(small_house: House, browser: Browser) -> None:
    await browser.sign_in(small_house, "lawyer")
    boot = await boot_of(browser, "/desk")
    assert boot["notice"] == {"version": "1", "title": "告知书", "body": "…"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "lawyer"},
        {"username": "lawyer", "password": 7},
        {"username": "lawyer", "password": ""},
        {"username": "x" * 41, "password": "y"},
        {"username": "lawyer", "password": "x" * 201},
        {"username": "law\x00yer", "password": "y"},
        {"username": "lawyer", "password": "y", "role": "admin"},
        ["lawyer", "password"],
        "lawyer",
    ],
)
async def test_bad_bodies_are_400(browser: Browser, body: object) -> None:
    answer = await browser.post("/api/sign-in", body)
    assert answer.status == 400
    assert (await answer.json())["code"] in ("bad_message", "bad_json")


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{", {"Content-Type": "application/json"}, 400, "bad_json"),
        (b"\xff", {"Content-Type": "application/json"}, 400, "bad_json"),
        (b"[" * 100_000, {"Content-Type": "application/json"}, 400, "bad_json"),
        (b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "bad_content_type"),
        (b"{}", {"Content-Type": "text/plain"}, 415, "bad_content_type"),
        (b" " * 200_000, {"Content-Type": "application/json"}, 413, "too_large"),
    ],
)
async def test_bad_requests_have_a_code(
    browser: Browser, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await browser.client.post("/api/sign-in", data=content, headers={**FROM_US, **headers})
    assert answer.status == status
    assert (await answer.json())["code"] == code
