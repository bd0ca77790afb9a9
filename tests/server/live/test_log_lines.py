"""What the service writes about itself: ids on every line, and never a name, a word or a number."""

import logging
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from server.logs import JsonLines
from server.storage.engine import Database
from tests.server.live.wire import open_wire
from tests.server.sessions.desk import advice_body, request_body
from tests.support.waiting import eventually

SECRETS = (
    "王建国",
    "李秀英",
    "拖欠工资三个月",
    "先申请劳动仲裁",
    "13800138000",
    "某lawyer",
    "不便",
)


class Lines(logging.Handler):
    """Every line, of everybody, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Lines:
    handler = Lines()
    for name in ("server", "yuntiao", "recordings", "aiohttp", "socketio", "engineio", "asyncio"):
        caplog.set_level(logging.DEBUG, name)
    caplog.handler.addFilter(lambda record: bool(handler.handle(record)) or True)
    return handler


async def test_no_word_of_a_session_reaches_the_log(
    small: Database, tmp_path: Path, lines: Lines
) -> None:
    async with open_wire(small, tmp_path) as wire:
        mediator, lawyer = await wire.page("mediator"), await wire.page("lawyer")
        session = (await mediator.ok("session.request", request_body()))["session"]
        await lawyer.ok("duty.on")
        await eventually(lambda: lawyer.views and lawyer.views[-1]["ringing"])
        wrong = {"session": session, "reason": "不便", "note": "李秀英"}
        assert not (await lawyer.send("call.decline", wrong))["ok"]
        await lawyer.ok("call.accept", {"session": session, "recording": True})
        await lawyer.ok("advice.add", advice_body(session))
        offer = str(uuid4())
        await lawyer.send("media.offer", {"session": session, "sdp": "v=0 王建国"}, offer)
        await mediator.ok("session.hang_up", {"session": session})
        await lawyer.send("session.request_callback", {"session": session, "phone": "13800138000"})
        async with aiohttp.ClientSession() as http:
            headers = {"X-Request-Id": "from-the-proxy-1"}
            async with http.get(f"{wire.url}/login?who=王建国", headers=headers) as answer:
                assert answer.headers["X-Request-Id"] == "from-the-proxy-1"
            async with http.get(f"{wire.url}/metrics") as answer:
                figures = await answer.text()
    text = "\n".join(lines.lines)
    assert not [secret for secret in SECRETS if secret in text or secret in figures]
    assert [line for line in lines.lines if '"request_id": "from-the-proxy-1"' in line]
    assert 'yuntiao_sessions{state="wrapping"} 1.0' in figures
