"""Who comes in: hosts, origins, CSRF, rights."""

import asyncio

import pytest

from server.web.routes import PUBLIC, RouteTable
from tests.server.house import FROM_US, HOST, ORIGIN, Browser, House


@pytest.mark.parametrize(
    "headers",
    [
        HOST,
        {**HOST, "Origin": "http://evil.test"},
        {**HOST, "Origin": "null"},
        {**HOST, "Origin": ORIGIN + ":8080"},
        {**HOST, "Origin": "https://yuntiao.test"},
        {**HOST, "Referer": ORIGIN + "/login"},
    ],
)
async def test_foreign_origin_changes_nothing(browser: Browser, headers: dict[str, str]) -> None:
    answer = await browser.post("/api/sign-in", {"username": "a", "password": "b"}, headers)
    assert answer.status == 403
    assert (await answer.json())["code"] == "bad_origin"


@pytest.mark.parametrize("token", [None, "", "wrong", "é"])
async def test_missing_or_wrong_csrf_changes_nothing(
    small_house: House, browser: Browser, token: str | None
) -> None:
    await browser.sign_in(small_house, "admin")
    headers = FROM_US if token is None else {**FROM_US, "X-CSRF-Token": token}
    station = small_house.stations["A"].id
    answer = await browser.post(f"/api/stations/{station}/enrolments", None, headers)
    assert answer.status == 403
    assert (await answer.json())["code"] == "bad_csrf"


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"Cookie: yuntiao=\xff", 401),
        (b"Cookie: yuntiao-terminal=\xff", 401),
        (b"Cookie: yuntiao=%s\r\nX-CSRF-Token: \xff", 403),
    ],
)
async def test_bytes_that_are_no_text_are_nobodys(
    small_house: House, browser: Browser, header: bytes, status: int
) -> None:
    await browser.sign_in(small_house, "admin")
    if b"%s" in header:
        header %= browser.cookies()["yuntiao"].encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", browser.client.port)
    start = b"POST /api/sign-out HTTP/1.1\r\nHost: yuntiao.test\r\nOrigin: http://yuntiao.test\r\n"
    writer.write(start + header + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert int(answer.split()[1]) == status


async def test_somebody_elses_csrf_does_not_fit(small_house: House, browser: Browser) -> None:
    await browser.sign_in(small_house, "admin")
    async with small_house.browser() as other:
        await other.sign_in(small_house, "supervisor")
        headers = {**FROM_US, "X-CSRF-Token": other.csrf}
    assert (await browser.post("/api/sign-out", None, headers)).status == 403


@pytest.mark.parametrize("host", ["evil.test", "yuntiao.test:81", "127.0.0.1", ""])
async def test_unknown_host_is_misdirected(browser: Browser, host: str) -> None:
    answer = await browser.get("/login", headers={"Host": host})
    assert answer.status in (400, 421)
    assert "evil" not in await answer.text()


async def test_probes_need_no_host_name(browser: Browser) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await browser.get(path, headers={"Host": "10.0.0.1"})).status == 200


async def test_api_of_nobody_is_401_and_page_leads_to_the_door(browser: Browser) -> None:
    assert (await browser.get("/api/stations")).status == 401
    answer = await browser.get("/admin/stations")
    assert answer.status == 303
    assert answer.headers["Location"] == "/login?next=/admin/stations"


async def test_wrong_role_is_403_in_both_languages(small_house: House, browser: Browser) -> None:
    await browser.sign_in(small_house, "lawyer")
    answer = await browser.get("/api/stations")
    assert answer.status == 403
    assert (await answer.json())["code"] == "not_allowed"
    page = await browser.get("/admin/stations")
    assert page.status == 403
    assert "您没有进行此操作的权限" in await page.text()


async def test_route_outside_the_table_is_refused(small_house: House) -> None:
    async def secret(_request: object) -> None:
        raise AssertionError("reached")

    async with small_house.browser() as browser:
        app = browser.client.app
        assert app is not None
        app.router._frozen = False
        app.router.add_get("/secret", secret)
        assert (await browser.get("/secret")).status == 404


async def test_a_route_is_declared_once() -> None:
    table = RouteTable()
    table.declare("GET", "/", PUBLIC)
    with pytest.raises(ValueError, match="twice"):
        table.declare("GET", "/", PUBLIC)


async def test_wrong_method_says_which_are_right(browser: Browser) -> None:
    answer = await browser.get("/api/sign-in")
    assert answer.status == 405
    assert answer.headers["Allow"] == "POST"
    assert (await answer.json())["code"] == "bad_method"
