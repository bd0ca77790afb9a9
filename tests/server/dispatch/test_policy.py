"""The dispatch policy against the database: skills, conflicts, needs, standby, and its reasons."""

from typing import Any

import pytest
from sqlalchemy import update

from server.dispatch import repository as dispatch_repository
from server.dispatch.explaining import explain
from server.sessions import repository
from server.storage.engine import Database
from server.storage.schema import Account, DeclaredConflict
from signaling.names import fold
from signaling.session import SessionState
from tests.server.dispatch.bell import Bell, open_bell
from tests.server.house import House


@pytest.fixture
async def bell(small: Database) -> Bell:
    return await open_bell(small)


async def declare(bell: Bell, lawyer: str, name: str) -> None:
    async with bell.desk.db.write() as write:
        folded, at = fold(name), bell.desk.clock()
        write.add(
            DeclaredConflict(
                lawyer_id=bell.desk.id(lawyer), name=name, folded=folded, declared_at=at
            )
        )


async def skilled(bell: Bell, lawyer: str, **skills: str) -> None:
    async with bell.desk.db.write() as write:
        await write.execute(
            update(Account).where(Account.id == bell.desk.id(lawyer)).values(**skills)
        )


async def explained(bell: Bell, session: str) -> dict[str, Any]:
    async with bell.desk.db.read() as read:
        row = await repository.session_by_id(read, session)
        assert row is not None
        return await explain(read, row)


def told(step: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["verdict"] for one in step["considered"]}


def test_names_are_compared_without_spaces_width_case_and_dots() -> None:
    assert fold("买买提·艾力") == fold("买买提 . 艾力")
    assert fold("ＡＢＣ（河南）公司") == fold("abc(河南) 公司")
    assert fold("王小河") != fold("王小何")
    assert fold(" ·（）") == ""


async def test_a_declared_conflict_is_never_rung_and_its_name_is_never_told(
    migrated: Database,
) -> None:
    bell = await open_bell(migrated)
    await bell.desk.on_duty("lawyer", "second")
    await declare(bell, "lawyer", "王 建国")
    session = await bell.desk.request()
    for seconds in (0, 15, 30):
        await bell.look(seconds=seconds)
        assert "lawyer" not in await bell.ringing(session)
    assert await bell.state(session) is SessionState.UNANSWERED
    call = {"session": session, "recording": True}
    assert await bell.desk.refused("lawyer", "call.accept", call) == "own_conflict"
    story = await explained(bell, session)
    assert [step["step"] for step in story["steps"]] == ["single", "everyone", "give_up"]
    assert all(told(step)["某lawyer"] == "conflict" for step in story["steps"])
    async with bell.desk.db.read() as read:
        steps = await dispatch_repository.steps_of(read, session)
    stored = repr([(one.considered, one.more) for one in steps])
    assert "王" not in stored + repr(story["steps"])


async def test_whose_kind_of_dispute_and_language_it_is_comes_first(bell: Bell) -> None:
    await bell.desk.on_duty("lawyer", "second", "third")
    await skilled(bell, "lawyer", matters="land")
    await skilled(bell, "third", languages="手语 豫北话")
    session = await bell.desk.request(language="豫北话")
    await bell.look()
    assert await bell.ringing(session) == ["third"]
    (step,) = (await explained(bell, session))["steps"]
    assert [(one["name"], one["notes"]) for one in step["considered"]] == [
        ("某third", []),
        ("某second", ["language"]),
        ("某lawyer", ["language", "matter"]),
    ]


async def test_who_advised_one_side_alone_comes_last_and_is_told_so(migrated: Database) -> None:
    bell = await open_bell(migrated)
    desk = bell.desk
    alone = [{"name": "王建国", "recording": True, "lawyer_presence": True}]
    earlier = await desk.live("lawyer", kind="consultation", persons=alone)
    await desk.send("mediator", "session.hang_up", {"session": earlier})
    await desk.advise(earlier)
    await desk.send("lawyer", "session.close", {"session": earlier})
    await desk.send("mediator", "session.finish", {"session": earlier})
    await desk.on_duty("second")
    session = await desk.request()
    await bell.look()
    assert await bell.ringing(session) == ["second"]
    await bell.look(seconds=15)
    assert await bell.ringing(session) == ["lawyer"]
    assert (await desk.view("lawyer"))["ringing"]["notes"] == ["earlier_role"]


async def test_who_served_last_is_rung_last(bell: Bell) -> None:
    desk = bell.desk
    await desk.on_duty("lawyer", "second")
    first = await desk.request()
    await bell.look()
    await desk.send("lawyer", "call.accept", {"session": first, "recording": True})
    desk.clock.forward(seconds=5)
    await desk.send("mediator", "session.hang_up", {"session": first})
    await desk.advise(first)
    await desk.send("lawyer", "session.close", {"session": first})
    await desk.send("second", "duty.off")
    desk.clock.forward(seconds=60)
    await desk.on_duty("second")
    session = await desk.request("elsewhere")
    await bell.look()
    assert await bell.ringing(session) == ["second"], "free for a shorter time, but never served"


async def test_a_need_moves_forward_in_the_queue_by_a_fixed_time(bell: Bell) -> None:
    desk = bell.desk
    plain = await desk.request("mediator")
    desk.clock.forward(minutes=9)
    urgent = await desk.request("elsewhere", needs=["elderly"])
    await desk.on_duty("lawyer")
    waiting = (await desk.view("lawyer"))["waiting"]
    assert [card["id"] for card in waiting] == [urgent, plain]
    assert waiting[0]["needs"] == ["elderly"]
    assert (await desk.view("mediator"))["session"]["queue"]["ahead"] == 1
    desk.clock.forward(minutes=2)
    later = await desk.request("neighbour", needs=["elderly"])
    order = [card["id"] for card in (await desk.view("lawyer"))["waiting"]]
    assert order == [urgent, plain, later], "who has waited eleven minutes is not overtaken"


async def test_standby_is_rung_after_all_others_were(bell: Bell) -> None:
    desk = bell.desk
    await desk.on_duty("lawyer")
    await desk.send("second", "duty.on", {"standby": True})
    await desk.keep_leases()
    assert (await desk.view("second"))["duty"]["standby"] is True
    session = await desk.request()
    rung = []
    for seconds in (0, 15, 30):
        await bell.look(seconds=seconds)
        rung.append(await bell.ringing(session))
    assert rung == [["lawyer"], ["lawyer"], ["second"]]
    assert (await desk.view("mediator"))["session"]["queue"]["backup"] is True
    await bell.look(seconds=30)
    assert await bell.state(session) is SessionState.UNANSWERED
    steps = (await explained(bell, session))["steps"]
    assert [step["step"] for step in steps] == ["single", "everyone", "backup", "give_up"]
    outcomes = [one["outcome"]["outcome"] for one in steps[2]["considered"] if one["outcome"]]
    assert outcomes == ["missed"]


async def test_waiting_is_explained_once_not_at_every_look(bell: Bell) -> None:
    session = await bell.desk.request()
    for _ in range(5):
        await bell.look(seconds=1)
    (step,) = (await explained(bell, session))["steps"]
    assert (step["step"], step["considered"]) == ("wait", [])


async def test_of_a_crowd_only_the_best_placed_are_listed(bell: Bell) -> None:
    crowd = [f"crowd{n:02}" for n in range(50)]
    await bell.desk.hire(*crowd)
    await bell.desk.on_duty(*crowd)
    session = await bell.desk.request()
    await bell.look()
    (step,) = (await explained(bell, session))["steps"]
    assert len(step["considered"]) == 40
    assert step["more"] == {"later": 10}
    assert told(step)["某crowd00"] == "rung"


# Over HTTP.


async def test_the_explanation_of_an_unknown_session(small_house: House) -> None:
    async with small_house.browser() as browser:
        await browser.sign_in(small_house, "admin")
        answer = await browser.get(f"/api/sessions/{'0' * 32}/dispatch")
        assert (answer.status, (await answer.json())["code"]) == (404, "not_found")


async def test_a_lawyer_declares_reads_and_withdraws_only_their_own(small_house: House) -> None:
    async with small_house.browser() as browser:
        await browser.sign_in(small_house, "lawyer")
        made = await browser.post("/api/conflicts", {"name": "某某有限公司"})
        assert made.status == 201
        own = (await made.json())["id"]
        again = await browser.post("/api/conflicts", {"name": "某某 有限公司"})
        assert (await again.json())["code"] == "declared_already"
        empty = await browser.post("/api/conflicts", {"name": "··"})
        assert (await empty.json())["code"] == "no_name"
        listed = await (await browser.get("/api/conflicts")).json()
        assert [one["name"] for one in listed["items"]] == ["某某有限公司"]
    async with small_house.db.write() as write:
        other = DeclaredConflict(
            id="e" * 32,
            lawyer_id=small_house.people["admin"].id,
            name="甲",
            folded="甲",
            declared_at=small_house.clock(),
        )
        write.add(other)
    async with small_house.browser() as browser:
        await browser.sign_in(small_house, "lawyer")
        assert (await browser.delete(f"/api/conflicts/{'e' * 32}")).status == 404
        assert (await browser.delete(f"/api/conflicts/{own}")).status == 204
        assert (await (await browser.get("/api/conflicts")).json())["items"] == []
        page = await browser.get("/desk/conflicts")
        assert "回避申报" in await page.text()
