"""Who may know of a recorded talk apart, and who may watch it: for every role, over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from server.accounts.passwords import Passwords
from server.accounts.upkeep import Upkeep
from server.storage.schema import ApartRecording, ApartViewing, Audit, Session, Task
from signaling.rights import Role
from signaling.session import SessionState
from tests.server.apart.kept import talk_apart
from tests.server.house import CHEAP
from tests.server.retention.conftest import Keep

WHY = {"purpose": "投诉核查：当事人反映被施压"}
OUTSIDE = ("mediator", "lawyer", "party")
EVERYBODY = ("admin", "second", "supervisor", *OUTSIDE)


async def body(keep: Keep, path: str, who: str = "admin") -> Any:
    answer = await keep.site.get(path, who)
    assert answer.status == 200, (path, who)
    return await answer.json()


async def listed(keep: Keep, session: str, who: str = "admin") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await body(keep, f"/api/sessions/{session}/apart", who))["items"]
    return items


async def approved(keep: Keep, session: str, recording: str) -> str:
    """A viewing that the supervisor has approved for the admin."""
    assert await keep.code(f"/api/apart/{recording}/viewings", WHY) == ""
    (item,) = await listed(keep, session)
    viewing: str = item["viewings"][0]["id"]
    path = f"/api/apart-viewings/{viewing}/decision"
    assert await keep.code(path, {"approve": True}, "supervisor") == ""
    return viewing


async def opened(keep: Keep, viewing: str, who: str = "admin") -> dict[str, Any]:
    answer = await keep.site.post(f"/api/apart-viewings/{viewing}/openings", {}, who)
    assert answer.status == 201
    told: dict[str, Any] = await answer.json()
    return told


async def test_with_a_purpose_and_a_second_person_it_is_watched(keep: Keep) -> None:
    session, recording = await talk_apart(keep.talks)
    viewing = await approved(keep, session, recording)
    line = (await opened(keep, viewing))["timeline"]
    assert {track["name"] for track in line["tracks"]} == {"王调解员", "王小河"}
    pieces = [piece for track in line["tracks"] for piece in track["segments"]]
    for piece in pieces:
        path = f"/api/apart-viewings/{viewing}/segments/{piece['id']}"
        media = await keep.site.get(path)
        assert media.status == 200
        assert (await media.read()).startswith(b"\x1a\x45\xdf\xa3")
        assert (await keep.site.get(f"{path}?since=1.5")).status == 200
        assert (await keep.site.get(f"{path}/voice")).status == 200
        assert (await keep.site.get(f"{path}/picture")).status == 404
    async with keep.talks.archive.db.read() as db:
        rows = (await db.scalars(select(Audit).where(Audit.subject == recording))).all()
    assert [(one.action, one.detail["viewing"]) for one in rows] == [
        (action, viewing) for action in ("apart_asked", "apart_approved", "apart_opened")
    ]


async def test_whoever_was_given_a_password_by_one_is_no_second_person(small_keep: Keep) -> None:
    keep = small_keep
    session, recording = await talk_apart(keep.talks)
    assert await keep.code(f"/api/apart/{recording}/viewings", WHY) == ""
    ((viewing,),) = [one["viewings"] for one in await listed(keep, session)]
    admin, second = (keep.site.people[who].account_id for who in ("admin", "second"))
    upkeep = Upkeep(keep.talks.archive.db, Passwords(CHEAP), lambda: keep.site.now)
    await upkeep.reset_password(second, admin)
    path = f"/api/apart-viewings/{viewing['id']}/decision"
    assert await keep.code(path, {"approve": True}, "second") == "not_independent"
    assert await keep.code(path, {"approve": True}, "supervisor") == ""


async def test_nobody_watches_without_the_second_person(small_keep: Keep) -> None:
    keep = small_keep
    session, recording = await talk_apart(keep.talks)
    assert await keep.code(f"/api/apart/{recording}/viewings", WHY) == ""
    assert await keep.code(f"/api/apart/{recording}/viewings", WHY) == "asked_already"
    ((viewing,),) = [one["viewings"] for one in await listed(keep, session)]
    own = f"/api/apart-viewings/{viewing['id']}"
    assert (viewing["may_decide"], viewing["may_watch"]) == (False, False)
    assert await keep.code(f"{own}/openings") == "not_approved"
    assert await keep.code(f"{own}/decision", {"approve": True}) == "same_person"
    async with keep.talks.archive.db.read() as db:
        tasks = (await db.scalars(select(Task).where(Task.done_at.is_(None)))).all()
    assert [(one.kind, one.subject) for one in tasks] == [("apart_approval", session)]
    assert await keep.code(f"{own}/decision", {"approve": False}, "second") == ""
    assert await keep.code(f"{own}/decision", {"approve": True}, "supervisor") == (
        "nothing_to_decide"
    )
    assert await keep.code(f"{own}/openings") == "not_approved"
    async with keep.talks.archive.db.read() as db:
        assert (await db.scalars(select(Task).where(Task.done_at.is_(None)))).all() == []


async def test_an_approval_is_one_persons_and_ends(small_keep: Keep) -> None:
    keep = small_keep
    session, recording = await talk_apart(keep.talks)
    viewing = await approved(keep, session, recording)
    line = (await opened(keep, viewing))["timeline"]
    piece = f"/api/apart-viewings/{viewing}/segments/{line['tracks'][0]['segments'][0]['id']}"
    assert (await keep.site.get(piece, "second")).status == 404
    assert await keep.code(f"/api/apart-viewings/{viewing}/openings", who="second") == "not_found"
    foreign = f"/api/apart-viewings/{viewing}/segments/{99:032x}"
    assert (await keep.site.get(foreign)).status == 404
    keep.site.now += timedelta(hours=5)
    assert (await keep.site.get(piece)).status == 403
    assert await keep.code(f"/api/apart-viewings/{viewing}/openings") == "viewing_expired"


async def test_it_is_found_through_no_other_door(small_keep: Keep) -> None:
    """Not in the session's page, search, exports or viewings, whoever asks."""
    keep = small_keep
    session, recording = await talk_apart(keep.talks)
    for path in (f"/api/sessions/{session}", "/api/sessions", f"/api/sessions/{session}/exports"):
        for who in ("admin", "supervisor"):
            text = repr(await body(keep, path, who))
            assert recording not in text
            assert "apart-1" not in text
    watched = await keep.site.post(f"/api/sessions/{session}/viewings", WHY)
    told = await watched.json()
    assert recording not in repr(told)
    own = f"/api/viewings/{told['viewing']}/segments"
    assert (await keep.site.get(f"{own}/{1:032x}")).status == 404
    assert await keep.code(f"/api/sessions/{recording}/viewings", WHY) == "not_found"
    assert await keep.code(f"/api/sessions/{recording}/exports", WHY) == "not_found"


@pytest.mark.parametrize("who", EVERYBODY)
async def test_every_role_at_every_door(small_keep: Keep, who: str) -> None:
    keep = small_keep
    session, recording = await talk_apart(keep.talks)
    viewing = await approved(keep, session, recording)
    line = (await opened(keep, viewing))["timeline"]
    piece = line["tracks"][0]["segments"][0]["id"]
    knows = who not in OUTSIDE
    there = await keep.site.get(f"/api/sessions/{session}/apart", who)
    assert there.status == (200 if knows else 403)
    assert (recording in await there.text()) is knows
    media = await keep.site.get(f"/api/apart-viewings/{viewing}/segments/{piece}", who)
    assert media.status == {"admin": 200, "second": 404}.get(who, 403)
    asked = await keep.site.post(f"/api/apart/{recording}/viewings", WHY, who)
    assert asked.status == (201 if who in ("admin", "second") else 403)
    wanted = {"allowed": True, "body": "文本"}
    may_set = await keep.site.put("/api/apart-policy", wanted, who)
    assert may_set.status == (204 if who in ("admin", "second") else 403)


async def test_not_before_the_session_is_over_nor_after_it_is_erased(small_keep: Keep) -> None:
    keep = small_keep
    session, recording = await talk_apart(keep.talks)
    viewing = await approved(keep, session, recording)
    async with keep.talks.archive.db.write() as db:
        await db.execute(update(Session).values(state=SessionState.LIVE))
    assert await keep.code(f"/api/apart-viewings/{viewing}/openings") == "not_over_yet"
    async with keep.talks.archive.db.write() as db:
        await db.execute(update(Session).values(state=SessionState.CLOSED))
    own = f"/api/sessions/{session}"
    assert await keep.code(f"{own}/deletion", {"reason": "保管期满"}) == ""
    assert await keep.code(f"{own}/deletion/confirm", who="second") == ""
    await keep.jobs().erase_confirmed()
    assert await keep.code(f"/api/apart-viewings/{viewing}/openings") == "recording_erased"
    assert await keep.code(f"/api/apart/{recording}/viewings", WHY) == "recording_erased"


async def test_what_was_asked_and_never_recorded_is_not_listed(small_keep: Keep) -> None:
    keep = small_keep
    session, recording = await talk_apart(keep.talks, written=False)
    async with keep.talks.archive.db.write() as db:
        await db.execute(update(ApartRecording).values(started_at=None))
    assert await listed(keep, session) == []
    assert await keep.code(f"/api/apart/{recording}/viewings", WHY) == "not_recorded"
    async with keep.talks.archive.db.read() as db:
        assert (await db.scalars(select(ApartViewing))).all() == []


async def test_the_policy_is_off_until_an_admin_allows_it(small_keep: Keep) -> None:
    """Each change is a wording of its own; the one before stays as it was read."""
    keep = small_keep
    first = await body(keep, "/api/apart-policy", Role.SUPERVISOR.value)
    assert (first["allowed"], first["version"]) == (False, "")
    assert "待确认" in first["body"]
    for allowed, text in ((True, "第一份"), (True, "第二份"), (False, "第二份")):
        keep.site.now += timedelta(minutes=1)
        wanted = {"allowed": allowed, "body": text}
        assert (await keep.site.put("/api/apart-policy", wanted)).status == 204
    now = await body(keep, "/api/apart-policy")
    assert (now["allowed"], now["version"], now["body"]) == (False, "apart-3", "第二份")
    assert now["set_by"] == "周管理员"
    for wrong in ({"allowed": True}, {"allowed": True, "body": ""}, {"allowed": 1, "body": "x"}):
        assert (await keep.site.put("/api/apart-policy", wrong)).status == 400
