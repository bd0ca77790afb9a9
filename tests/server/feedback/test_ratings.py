"""Ratings: one tap, once, at the terminal or by a link; and nobody who was rated reads a word."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse
from sqlalchemy import select

from server.feedback.routes import RatingPages, routes
from server.feedback.service import MORE_THAN_PERSONS, Ratings
from server.sessions.ice import IceServers
from server.sessions.views import view_of
from server.storage.schema import Feedback, Matter, Person, Session
from signaling.commands import SessionKind
from signaling.recording import RecordingState
from signaling.session import SessionState
from tests.server.house import FROM_US, HOST, ORIGIN, START, Browser, House

SECRET = "律师说得太急了"


def ratings(house: House) -> Ratings:
    return Ratings(house.db, house.clock)


@asynccontextmanager
async def at_terminal(house: House, username: str, station: str = "A") -> AsyncIterator[Browser]:
    all_routes = [*house.routes(), *routes(RatingPages(ratings(house), (ORIGIN,)))]
    async with house.browser(all_routes) as browser:
        await browser.enrol(house, station)
        await browser.sign_in_at_terminal(house, username)
        yield browser


@pytest.fixture
async def session(house: House) -> str:
    """A talk that is over, with one party, still on the terminal's screen."""
    row = Session(
        number="20261123-000001",
        kind=SessionKind.MEDIATION,
        matter_code="land",
        station_id=house.stations["A"].id,
        mediator_id=house.people["mediator"].id,
        lawyer_id=house.people["lawyer"].id,
        state=SessionState.WRAPPING,
        recording=RecordingState.OFF,
        requested_at=START,
        attempt_at=START,
        accepted_at=START,
        ended_at=START + timedelta(minutes=30),
    )
    async with house.db.write() as write:
        write.add(Matter(code="land", name="土地纠纷"))
        await write.flush()
        write.add(row)
        await write.flush()
        write.add(Person(session_id=row.id, position=0, name="王小河"))
    return row.id


async def rate(browser: Browser, session: str, **rating: Any) -> ClientResponse:
    return await browser.post(f"/api/sessions/{session}/feedback", {"score": 5} | rating)


async def rate_by(browser: Browser, token: str, **rating: Any) -> int:
    path = f"/api/rate/{token}"
    answer = await browser.client.post(path, json={"score": 4} | rating, headers=FROM_US)
    return answer.status


async def kept(house: House) -> list[tuple[int, list[str], str]]:
    async with house.db.read() as read:
        rows = await read.scalars(select(Feedback).order_by(Feedback.score))
        return [(one.score, one.why, one.words) for one in rows]


async def summary(house: House, station: str | None = None) -> dict[str, Any]:
    span = (START - timedelta(days=1), START + timedelta(days=1))
    return await ratings(house).summary(*span, station)


async def test_one_tap_then_why_is_one_rating(house: House, session: str) -> None:
    async with at_terminal(house, "mediator") as browser:
        first = await (await rate(browser, session, score=2)).json()
        assert await kept(house) == [(2, [], "")]
        again = await rate(
            browser, session, score=2, why=["rushed", "waited"], words=SECRET, replaces=first["id"]
        )
        assert (await again.json())["id"] == first["id"]
        assert await kept(house) == [(2, ["rushed", "waited"], SECRET)]
        house.clock.forward(minutes=31)
        assert (await rate(browser, session, score=5, replaces=first["id"])).status == 201
        assert [score for score, _, _ in await kept(house)] == [2, 5]


async def test_a_terminal_rates_no_more_often_than_there_are_people(
    house: House, session: str
) -> None:
    async with at_terminal(house, "mediator") as browser:
        for _ in range(1 + MORE_THAN_PERSONS):
            assert (await rate(browser, session)).status == 201
        refused = await rate(browser, session)
        assert (refused.status, (await refused.json())["code"]) == (409, "already_rated")


@pytest.mark.parametrize(
    "rating",
    [
        {"score": 0},
        {"score": 6},
        {"score": "5"},
        {"why": ["because"]},
        {"words": "字" * 201},
        {"name": "林知远"},
    ],
)
async def test_nonsense_is_refused(house: House, session: str, rating: dict[str, Any]) -> None:
    async with at_terminal(house, "mediator") as browser:
        assert (await rate(browser, session, **rating)).status == 400
    assert await kept(house) == []


async def test_only_the_own_talk_and_only_when_it_is_over(house: House, session: str) -> None:
    async with at_terminal(house, "elsewhere", "B") as browser:
        assert (await rate(browser, session)).status == 404
        link = await browser.post(f"/api/sessions/{session}/feedback-links", {})
        assert link.status == 404
    async with house.db.write() as write:
        (await write.get_one(Session, session)).state = SessionState.LIVE
    async with at_terminal(house, "mediator") as browser:
        assert (await rate(browser, session)).status == 409
        assert (await rate(browser, "0" * 32)).status == 404
    assert await kept(house) == []


async def test_a_link_rates_once_and_ends(house: House, session: str) -> None:
    async with at_terminal(house, "mediator") as browser:
        made = await browser.post(f"/api/sessions/{session}/feedback-links", {})
        body = await made.json()
        assert body["code"].startswith("data:image/svg+xml")
        token = body["link"].removeprefix(f"{ORIGIN}/rate/")
        other = (await (await browser.post(f"/api/sessions/{session}/feedback-links", {})).json())[
            "link"
        ]
    all_routes = routes(RatingPages(ratings(house), (ORIGIN,)))
    async with house.browser(all_routes) as phone:
        page = await (await phone.get(f"/rate/{token}")).text()
        assert "A工作站" in page
        assert "王小河" not in page
        assert "某lawyer" not in page
        assert await rate_by(phone, token, score=3) == 204
        assert await rate_by(phone, token, score=1, words=SECRET) == 204
        assert await kept(house) == [(1, [], SECRET)]
        house.clock.forward(minutes=31)
        assert await rate_by(phone, token) == 409
        assert await rate_by(phone, "x" * 43) == 404
        assert await rate_by(phone, "short") == 404
        house.clock.forward(days=15)
        assert await rate_by(phone, other.rsplit("/", 1)[1]) == 404
        assert "已过期" in await (await phone.get(f"/rate/{token}")).text()


async def test_sums_hold_words_and_no_names(house: House, session: str) -> None:
    async with at_terminal(house, "mediator") as browser:
        await rate(browser, session, score=5, why=["clear", "clear"])
        await rate(browser, session, score=2, why=["rushed"], words=SECRET)
    found = await summary(house)
    assert (found["count"], found["mean"]) == (2, 3.5)
    assert [one["count"] for one in found["scores"]] == [1, 0, 0, 1, 0]
    assert {one["code"]: one["count"] for one in found["reasons"] if one["count"]} == {
        "clear": 1,
        "rushed": 1,
    }
    (said,) = found["words"]
    assert (said["words"], said["why"], said["station"]) == (SECRET, ["说得太急"], "A工作站")
    everything = json.dumps(found, ensure_ascii=False)
    for person in (*house.people.values(),):
        assert person.name not in everything
        assert person.id not in everything
    assert session not in everything
    assert (await summary(house, house.stations["B"].id))["count"] == 0
    assert (await summary(house, house.stations["A"].id))["count"] == 2


async def test_whoever_was_rated_reads_nothing_of_it(house: House, session: str) -> None:
    async with at_terminal(house, "mediator") as browser:
        await rate(browser, session, score=1, words=SECRET)
    for username in ("lawyer", "mediator"):
        person = house.people[username]
        async with house.browser() as browser:
            if username == "lawyer":
                await browser.sign_in(house, username)
            else:
                await browser.enrol(house, "A")
                await browser.sign_in_at_terminal(house, username)
            principal = await house.accounts.principal_of(browser.cookies())
            assert principal is not None
            assert principal.account_id == person.id
            async with house.db.read() as read:
                view = await view_of(read, principal, house.clock(), IceServers((), ""))
            assert "score" not in json.dumps(view)
            assert SECRET not in json.dumps(view, ensure_ascii=False)


async def test_nobody_rates_without_a_page_of_ours(house: House, session: str) -> None:
    async with at_terminal(house, "mediator") as browser:
        path = f"/api/sessions/{session}/feedback"
        foreign = await browser.post(path, {"score": 1}, {**HOST, "Origin": "http://evil.test"})
        assert foreign.status == 403
    assert await kept(house) == []
