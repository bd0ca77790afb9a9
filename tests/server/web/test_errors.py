"""Errors as answers: a code for programs, a page for people, never a traceback."""

import json
import logging

import pytest
from aiohttp import web

from server.logs import JsonLines
from server.web.errors import STATUS, NotReady, SignInNeeded, TooManyRequests, status_of
from server.web.routes import PUBLIC, route
from signaling.errors import Conflict, NotAllowed, NotFound, ProtocolError, UserError
from tests.server.house import House

SECRET = "张三说的话"


class Special(Conflict):
    """A kind of its own."""


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (UserError(), 422, "refused"),
        (NotAllowed(), 403, "not_allowed"),
        (NotFound(), 404, "not_found"),
        (Conflict(), 409, "conflict"),
        (Special("special", "…"), 409, "special"),
        (SignInNeeded(), 401, "sign_in_needed"),
        (TooManyRequests(), 429, "too_many_requests"),
        (NotReady(), 503, "not_ready"),
        (ProtocolError("bad_sdp"), 400, "bad_sdp"),
        (ProtocolError("too_large"), 413, "too_large"),
        (ProtocolError("bad_range"), 416, "bad_range"),
        (web.HTTPForbidden(), 403, "http_403"),
        (web.HTTPNotFound(), 404, "not_found"),
        (ValueError(SECRET), 500, "internal"),
    ],
)
async def test_every_kind_has_its_answer(
    small_house: House, error: Exception, status: int, code: str
) -> None:
    async def handler(_request: web.Request) -> web.StreamResponse:
        raise error

    routes = [route("GET", path, handler, PUBLIC) for path in ("/api/broken", "/broken")]
    async with small_house.browser(routes) as browser:
        answer = await browser.get("/api/broken")
        assert answer.status == status
        assert set(await answer.json()) == {"code", "message"}
        assert (await answer.json())["code"] == code
        page = await browser.get("/broken")
        text = await page.text()
        assert page.status == status
        assert page.content_type == "text/html"
        assert code in text
        for leak in (SECRET, "Traceback", "aiohttp", "ValueError", "server/web"):
            assert leak not in text


async def test_unforeseen_is_logged_with_place_and_id_without_its_words(
    small_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(_request: web.Request) -> web.StreamResponse:
        raise ValueError(SECRET)

    with caplog.at_level(logging.INFO):
        async with small_house.browser([route("GET", "/api/broken", handler, PUBLIC)]) as browser:
            answer = await (await browser.get("/api/broken?name=张三")).json()
    (record,) = [one for one in caplog.records if one.name == "yuntiao.web"]
    details = vars(record)
    assert details["error_id"] in answer["message"]
    assert details["error_kind"] == "ValueError"
    assert any("test_errors.py" in place for place in details["where"])
    assert all("张三" not in str(vars(one)) for one in caplog.records)


async def test_access_log_has_ids_and_no_query(
    small_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "yuntiao.access"):
        caplog.handler.setFormatter(JsonLines())
        async with small_house.browser() as browser:
            answer = await browser.get("/terminal?code=1234-5678")
    (details,) = [json.loads(line) for line in caplog.text.splitlines()]
    assert details["event"] == "request"
    assert details["route"] == "/terminal"
    assert details["status"] == 200
    assert details["request_id"] == answer.headers["X-Request-Id"]
    assert "1234" not in str(details)


@pytest.mark.parametrize(("given", "kept"), [("abc-DEF-12345", True), ("a b<script>", False)])
async def test_request_id_of_the_proxy_is_kept_if_it_is_one(
    small_house: House, given: str, kept: bool
) -> None:
    async with small_house.browser() as browser:
        answer = await browser.get(
            "/login", headers={"Host": "yuntiao.test", "X-Request-Id": given}
        )
    assert (answer.headers["X-Request-Id"] == given) is kept


def test_every_class_finds_its_status() -> None:
    assert all(status_of(kind()) == status for kind, status in STATUS.items())
