"""The advice log: added, never changed; received, and reset by what comes later; then closed."""

import pytest

from signaling.session import SessionState
from tests.server.sessions.desk import Desk, advice_body


async def shown(desk: Desk, name: str = "mediator") -> list[dict[str, object]]:
    session = (await desk.view(name))["session"]
    return list(session["advice"])


async def test_an_entry_is_shown_with_server_time_and_media_time(desk: Desk) -> None:
    session = await desk.live()
    desk.clock.forward(seconds=61.5)
    citation = {"law": "劳动法", "article": "第五十条", "version_date": "2018-12-29"}
    await desk.advise(session, legal_basis=[citation], bring="工资条", next_step="仲裁委")
    for name in ("mediator", "lawyer"):
        (entry,) = await shown(desk, name)
        assert entry["media_seconds"] == 61.5
        assert entry["at"] == desk.clock().timestamp() * 1000
        assert entry["matter"] == {"code": "wages", "name": "劳动报酬"}
        assert entry["legal_basis"] == [citation]
        assert (entry["bring"], entry["next_step"]) == ("工资条", "仲裁委")
        assert entry["author"] == "某lawyer"
    log = await desk.log(session)
    assert (log[-1].type, log[-1].body["media_seconds"]) == ("advice.added", 61.5)


@pytest.mark.parametrize(("marked", "kept"), [(10.0, 10.0), (60, 60.0), (61, 60.0), (0, 0.0)])
async def test_a_marked_moment_is_kept_but_never_lies_in_the_future(
    desk: Desk, marked: float, kept: float
) -> None:
    session = await desk.live()
    desk.clock.forward(seconds=60)
    await desk.advise(session, moment=marked)
    (entry,) = await shown(desk)
    assert entry["media_seconds"] == kept


async def test_after_the_talk_an_entry_belongs_to_its_last_moment(desk: Desk) -> None:
    session = await desk.over()
    desk.clock.forward(minutes=5)
    await desk.advise(session)
    (entry,) = await shown(desk)
    assert entry["media_seconds"] == 60


async def test_before_anybody_was_seen_there_is_no_media_time(desk: Desk) -> None:
    session = await desk.accepted()
    await desk.advise(session)
    (entry,) = await shown(desk)
    assert entry["media_seconds"] is None


async def test_without_recording_media_time_counts_from_the_beginning_of_the_talk(
    desk: Desk,
) -> None:
    session = await desk.live(mediator_recording=False)
    desk.clock.forward(seconds=7)
    await desk.advise(session)
    (entry,) = await shown(desk)
    assert entry["media_seconds"] == 7


async def test_a_correction_names_the_newest_of_its_chain(desk: Desk) -> None:
    session = await desk.live()
    first = await desk.advise(session)
    second = await desk.advise(session, advice="更正：先调解。", corrects=first)
    again = advice_body(session, corrects=first)
    assert await desk.refused("lawyer", "advice.add", again) == "already_corrected"
    third = await desk.advise(session, corrects=second)
    chain = {entry["id"]: (entry["corrects"], entry["corrected_by"]) for entry in await shown(desk)}
    assert chain == {first: (None, second), second: (first, third), third: (second, None)}
    types = await desk.log_types(session)
    assert types[-3:] == ["advice.added", "advice.corrected", "advice.corrected"]
    texts = {entry["id"]: entry["advice"] for entry in await shown(desk)}
    assert texts[first] == "先申请劳动仲裁。", "what was said stays"


async def test_a_correction_stays_within_its_session(desk: Desk) -> None:
    session = await desk.live()
    foreign = await desk.live("second", "elsewhere")
    theirs = await desk.advise(foreign, "second")
    for corrects in (theirs, "f" * 32):
        body = advice_body(session, corrects=corrects)
        assert await desk.refused("lawyer", "advice.add", body) == "no_such_advice"


async def test_advice_is_of_a_known_kind(desk: Desk) -> None:
    session = await desk.live()
    body = advice_body(session, matter="no-such")
    assert await desk.refused("lawyer", "advice.add", body) == "unknown_matter"


async def test_the_log_is_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.sessions.advice.MOST_ENTRIES", 2)
    session = await desk.live()
    await desk.advise(session)
    await desk.advise(session)
    assert await desk.refused("lawyer", "advice.add", advice_body(session)) == "too_many_entries"


async def test_receipt_needs_advice_is_noted_once_and_reset_by_a_newer_entry(desk: Desk) -> None:
    session = await desk.live()
    receipt = ("mediator", "session.confirm_receipt", {"session": session})
    assert await desk.refused(*receipt) == "no_advice"
    await desk.advise(session)
    await desk.send(*receipt)
    first = (await desk.row(session)).receipt_at
    assert first == desk.clock()
    desk.clock.forward(seconds=30)
    await desk.send(*receipt)
    assert (await desk.row(session)).receipt_at == first
    await desk.advise(session)
    assert (await desk.row(session)).receipt_at is None
    await desk.send(*receipt)
    assert (await desk.row(session)).receipt_at == desk.clock()
    assert (await desk.log_types(session)).count("advice.received") == 2


@pytest.mark.parametrize("reason", ["", "   "])
async def test_without_advice_closing_needs_a_reason(desk: Desk, reason: str) -> None:
    session = await desk.over()
    body = {"session": session, "reason": reason}
    assert await desk.refused("lawyer", "session.close", body) == "advice_or_reason"
    await desk.send("lawyer", "session.close", {"session": session, "reason": "当事人离开"})
    row = await desk.row(session)
    assert (row.state, row.reason) == (SessionState.CLOSED, "当事人离开")
    assert (row.closed_at, row.due_at) == (desk.clock(), None)
    assert (await desk.log(session))[-1].body == {"advice": 0, "reason": "当事人离开"}


async def test_with_advice_it_does_not(desk: Desk) -> None:
    session = await desk.over()
    await desk.advise(session)
    await desk.send("lawyer", "session.close", {"session": session})
    assert (await desk.view("lawyer"))["today"][0]["id"] == session
    assert await desk.refused("lawyer", "advice.add", advice_body(session)) == "conflict"


async def test_receipt_can_still_be_confirmed_after_closing(desk: Desk) -> None:
    session = await desk.over()
    await desk.advise(session)
    await desk.send("lawyer", "session.close", {"session": session})
    await desk.send("mediator", "session.confirm_receipt", {"session": session})
    assert (await desk.row(session)).receipt_at is not None
