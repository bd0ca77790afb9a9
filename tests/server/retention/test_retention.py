"""Holds, terms, and destruction by two people, over HTTP and in the jobs."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from recordings.erasure import erased
from recordings.verify import verify
from server.accounts.passwords import Passwords
from server.accounts.upkeep import Upkeep
from server.exports.service import Exports, RequestExport
from server.retention.deletion import DeletionState
from server.storage.schema import Audit, Deletion, Export, Session, Task
from signaling.rights import Role
from signaling.session import IN_ROOM, WAITING, SessionState
from tests.server.apart.kept import talk_apart
from tests.server.house import CHEAP
from tests.server.retention.conftest import Keep

WHY = {"reason": "保管期满"}


async def told(keep: Keep, session: str, who: str = "admin") -> dict[str, Any]:
    answer = await keep.site.get(f"/api/sessions/{session}/retention", who)
    assert answer.status == 200
    found: dict[str, Any] = await answer.json()
    return found


async def tasks(keep: Keep) -> set[tuple[str, str]]:
    async with keep.talks.archive.db.read() as db:
        rows = (await db.scalars(select(Task).where(Task.done_at.is_(None)))).all()
    return {(one.kind, one.subject) for one in rows}


async def test_two_people_destroy_a_recording_and_a_certificate_is_left(keep: Keep) -> None:
    session = await keep.talks.talk()
    own = f"/api/sessions/{session}"
    folder = keep.talks.root / session
    assert await keep.code(f"{own}/deletion", WHY) == ""
    assert await tasks(keep) == {("deletion_proposed", session)}
    assert await keep.code(f"{own}/deletion/confirm") == "same_person"
    await keep.jobs().erase_confirmed()
    assert erased(folder) is None  # one person is not enough
    assert (await told(keep, session, "second"))["may"] == ["choose", "confirm", "hold", "withdraw"]
    assert await keep.code(f"{own}/deletion/confirm", who="second") == ""
    assert await tasks(keep) == set()
    await keep.jobs().erase_confirmed()
    assert not list(folder.glob("*/*"))
    certificate = erased(folder)
    assert certificate is not None
    people = keep.site.people
    assert certificate["detail"]["proposed_by"] == people["admin"].account_id
    assert certificate["detail"]["confirmed_by"] == people["second"].account_id
    assert verify(folder) == []
    deletion = (await told(keep, session))["deletion"]
    assert deletion["state"] == "erased"
    async with keep.talks.archive.db.read() as db:
        done = (await db.scalars(select(Audit).where(Audit.action == "recording_erased"))).one()
    assert (done.subject, done.actor_id) == (session, None)
    assert done.detail["certificate"] == deletion["certificate"]
    assert await keep.code(f"{own}/viewings", {"purpose": "复核"}) == "recording_erased"
    assert await keep.code(f"{own}/exports", {"purpose": "复核"}) == "recording_erased"
    assert await keep.code(f"{own}/hold", WHY) == "recording_erased"
    assert await keep.code(f"{own}/deletion", WHY) == "recording_erased"
    assert await keep.code(f"{own}/deletion/withdraw", WHY) == "recording_erased"
    assert (await told(keep, session))["may"] == []
    await keep.talks.nights().prove_nightly()
    assert await keep.talks.state(session) == "erased"


async def test_a_hold_stands_over_everything(keep: Keep) -> None:
    session = await keep.talks.talk()
    own = f"/api/sessions/{session}"
    assert await keep.code(f"{own}/hold/release", WHY) == "not_held"
    assert await keep.code(f"{own}/hold", WHY, "supervisor") == ""
    assert await keep.code(f"{own}/hold", WHY) == "already_held"
    assert await keep.code(f"{own}/deletion", WHY) == "on_hold"
    assert await keep.code(f"{own}/hold/release", WHY) == ""
    assert await keep.code(f"{own}/deletion", WHY) == ""
    assert await keep.code(f"{own}/hold", WHY) == ""
    assert await keep.code(f"{own}/deletion/confirm", who="second") == "on_hold"
    assert await keep.code(f"{own}/hold/release", WHY) == ""
    assert await keep.code(f"{own}/deletion/confirm", who="second") == ""
    # Held after it was confirmed, before it was begun: it waits.
    assert await keep.code(f"{own}/hold", WHY, "supervisor") == ""
    await keep.jobs().erase_confirmed()
    assert erased(keep.talks.root / session) is None
    assert (await told(keep, session))["hold"]["by"] == "某supervisor"
    assert await keep.code(f"{own}/hold/release", WHY) == ""
    await keep.jobs().erase_confirmed()
    assert erased(keep.talks.root / session) is not None


async def test_a_deletion_is_called_off_and_proposed_again(small_keep: Keep) -> None:
    keep = small_keep
    session = await keep.talks.talk()
    own = f"/api/sessions/{session}"
    assert await keep.code(f"{own}/deletion/confirm") == "no_deletion"
    assert await keep.code(f"{own}/deletion/withdraw", WHY) == "no_deletion"
    assert await keep.code(f"{own}/deletion", WHY) == ""
    assert await keep.code(f"{own}/deletion", WHY, "second") == "deletion_under_way"
    assert await keep.code(f"{own}/deletion/withdraw", WHY, "supervisor") == ""
    assert await tasks(keep) == set()
    assert await keep.code(f"{own}/deletion", WHY, "second") == ""
    assert await keep.code(f"{own}/deletion/confirm", who="supervisor") == ""
    assert await keep.code(f"{own}/deletion/withdraw", WHY) == ""
    await keep.jobs().erase_confirmed()
    assert erased(keep.talks.root / session) is None


async def test_what_is_not_what_was_sealed_is_not_destroyed_but_told(small_keep: Keep) -> None:
    keep = small_keep
    session = await keep.talks.talk()
    own = f"/api/sessions/{session}"
    await keep.code(f"{own}/deletion", WHY)
    await keep.code(f"{own}/deletion/confirm", who="second")
    journal = keep.talks.root / session / "journal.jsonl"
    kept = journal.read_bytes()
    journal.write_bytes(kept.replace(b"microphone", b"camera", 1))
    await keep.jobs().erase_confirmed()
    assert keep.talks.segment(session).exists()
    assert await tasks(keep) == {("erasure_failed", session)}
    journal.write_bytes(kept)
    await keep.jobs().erase_confirmed()
    assert erased(keep.talks.root / session) is not None
    assert await tasks(keep) == set()


async def test_what_waits_for_a_second_person_ends_with_the_recording(small_keep: Keep) -> None:
    keep = small_keep
    session, recording = await talk_apart(keep.talks)
    own = f"/api/sessions/{session}"
    copies = Exports(keep.talks.archive.db, Path("none"), lambda: keep.site.now, approval=True)
    await copies.request(keep.site.people["admin"], session, RequestExport("复核"))
    assert await keep.code(f"/api/apart/{recording}/viewings", {"purpose": "复核"}) == ""
    assert await tasks(keep) == {("export_approval", session), ("apart_approval", session)}
    assert await keep.code(f"{own}/deletion", WHY) == ""
    assert await keep.code(f"{own}/deletion/confirm", who="second") == ""
    await keep.jobs().erase_confirmed()
    assert await tasks(keep) == set()
    (talk,) = (await (await keep.site.get(f"{own}/apart")).json())["items"]
    (viewing,) = talk["viewings"]
    path = f"/api/apart-viewings/{viewing['id']}/decision"
    assert await keep.code(path, {"approve": True}, "second") == "recording_erased"


async def test_whoever_was_given_a_password_by_one_is_no_second_person(small_keep: Keep) -> None:
    keep = small_keep
    own = f"/api/sessions/{await keep.talks.talk()}"
    admin, second = (keep.site.people[who].account_id for who in ("admin", "second"))
    upkeep = Upkeep(keep.talks.archive.db, Passwords(CHEAP), lambda: keep.site.now)
    await upkeep.reset_password(second, admin)
    assert await keep.code(f"{own}/deletion", WHY) == ""
    assert await keep.code(f"{own}/deletion/confirm", who="second") == "not_independent"
    assert await keep.code(f"{own}/deletion/confirm", who="supervisor") == ""


async def test_copies_go_with_the_recording(small_keep: Keep) -> None:
    keep = small_keep
    session = await keep.talks.talk()
    own = f"/api/sessions/{session}"
    assert await keep.code(f"{own}/exports", {"purpose": "复核"}) == ""
    copies = keep.talks.root.parent / "exports"
    copies.mkdir()
    async with keep.talks.archive.db.write() as db:
        export = (await db.scalars(select(Export))).one()
        export.state = "done"
        (copies / f"{export.id}.mp4").write_bytes(b"x")
    await keep.code(f"{own}/deletion", WHY)
    await keep.code(f"{own}/deletion/confirm", who="second")
    await keep.jobs().erase_confirmed()
    assert not list(copies.iterdir())
    (item,) = (await (await keep.site.get(f"{own}/exports")).json())["items"]
    assert item["state"] == "expired"


async def test_destroyed_without_two_people_is_found(small_keep: Keep) -> None:
    keep = small_keep
    session = await keep.talks.talk()
    await keep.code(f"/api/sessions/{session}/deletion", WHY)
    await keep.code(f"/api/sessions/{session}/deletion/confirm", who="second")
    await keep.jobs().erase_confirmed()
    async with keep.talks.archive.db.write() as db:
        await db.execute(update(Deletion).values(state=DeletionState.WITHDRAWN.value))
    await keep.talks.nights().prove_nightly()
    found = await keep.talks.proof(session)
    assert found is not None
    assert "erased_unasked" in {one["kind"] for one in found.detail["findings"]}


async def test_terms_are_set_by_an_admin_and_expired_recordings_become_tasks(keep: Keep) -> None:
    session = await keep.talks.talk()
    own = f"/api/sessions/{session}"
    table = await (await keep.site.get("/api/retention")).json()
    assert not any(one["is_set"] for one in table["classes"])
    assert table["unclassed"] == 1
    assert (await told(keep, session))["expires_at"] is None
    keep.site.now += timedelta(days=365 * 60)
    await keep.jobs().tell_expired()
    assert await tasks(keep) == set()  # nobody has said how long anything is kept
    path, body = "/api/retention/classes/long", {"years": 30, "basis": "档案分类方案"}
    assert (await keep.site.put(path, body)).status == 204
    assert (await keep.site.put("/api/retention/kinds/mediation", {"code": "long"})).status == 204
    assert (await told(keep, session))["class"]["years"] == 30
    await keep.jobs().tell_expired()
    await keep.jobs().tell_expired()
    assert await tasks(keep) == {("retention_due", session)}
    # Somebody decides to keep it: its own class, a hold, or nothing but a task stays.
    body = {"permanent": True, "basis": "档案分类方案"}
    assert (await keep.site.put("/api/retention/classes/permanent", body)).status == 204
    assert (await keep.site.put(f"{own}/retention", {"code": "permanent"})).status == 204
    await keep.jobs().tell_expired()
    assert await tasks(keep) == set()
    assert (await keep.site.put(f"{own}/retention", {"code": ""})).status == 204
    await keep.jobs().tell_expired()
    assert await tasks(keep) == {("retention_due", session)}
    assert await keep.code(f"{own}/hold", WHY) == ""
    await keep.jobs().tell_expired()
    assert await tasks(keep) == set()
    table = await (await keep.site.get("/api/retention", "supervisor")).json()
    assert [one["number"] for one in table["holds"]]
    assert [one["sessions"] for one in table["classes"]] == [1, 0, 0]


@pytest.mark.parametrize(
    "body",
    [
        {"basis": "x"},
        {"basis": "x", "years": 0},
        {"basis": "x", "years": 101},
        {"basis": "", "years": 3},
        {"basis": "x", "years": 3, "permanent": True},
        {"years": 3},
    ],
)
async def test_half_said_terms_are_refused(small_keep: Keep, body: dict[str, Any]) -> None:
    assert (await small_keep.site.put("/api/retention/classes/long", body)).status == 400


async def test_unknown_things(small_keep: Keep) -> None:
    keep = small_keep
    body = {"years": 3, "basis": "x"}
    assert (await keep.site.put("/api/retention/classes/none", body)).status == 404
    assert (await keep.site.put("/api/retention/kinds/none", {"code": "long"})).status == 404
    assert (await keep.site.put("/api/retention/kinds/mediation", {"code": "x"})).status == 400
    for thing in ("0" * 32, "x"):
        assert (await keep.site.get(f"/api/sessions/{thing}/retention")).status == 404
        for deed in ("hold", "hold/release", "deletion", "deletion/withdraw"):
            assert await keep.code(f"/api/sessions/{thing}/{deed}", WHY) == "not_found"
    silent = await keep.talks.talk(given=False, written=False)
    assert await keep.code(f"/api/sessions/{silent}/deletion", WHY) == "not_recorded"


# role: what it may do with a recording, once the talk is over.
DEEDS = {
    Role.ADMIN: {"read", "play", "export", "verify", "hold", "release", "propose", "withdraw"},
    Role.SUPERVISOR: {"read", "hold", "release", "withdraw"},
    Role.LAWYER: set[str](),
    Role.MEDIATOR: set[str](),
    Role.PARTY: set[str](),
}
PATHS = {
    "play": ("viewings", {"purpose": "复核"}),
    "export": ("exports", {"purpose": "复核"}),
    "verify": ("verifications", {}),
    "hold": ("hold", WHY),
    "release": ("hold/release", WHY),
    "propose": ("deletion", WHY),
    "withdraw": ("deletion/withdraw", WHY),
}
ANY_STATE = {"read", "hold", "release"}


@pytest.mark.parametrize("role", Role)
async def test_every_role_deed_and_state_of_a_session(small_keep: Keep, role: Role) -> None:
    """What a role may not do is refused as such in every state; what it may, only in its states."""
    keep = small_keep
    session = await keep.talks.talk()
    for state in SessionState:
        async with keep.talks.archive.db.write() as db:
            await db.execute(update(Session).values(state=state))
        over = state not in WAITING | IN_ROOM
        read = (await keep.site.get(f"/api/sessions/{session}", role.value)).status
        assert read == (200 if "read" in DEEDS[role] else 403)
        for deed, (path, body) in PATHS.items():
            code = await keep.code(f"/api/sessions/{session}/{path}", body, role.value)
            if deed not in DEEDS[role]:
                assert code == "not_allowed", (state, deed)
            elif over or deed in ANY_STATE:
                assert code != "not_allowed", (state, deed)
            else:
                wanted = {"not_over_yet", "nothing_to_export", "not_sealed_yet"}
                assert code in wanted, (state, deed, code)


@pytest.mark.parametrize("state", DeletionState)
@pytest.mark.parametrize("who", ["admin", "second", "supervisor", "lawyer", "mediator", "party"])
async def test_every_person_and_state_of_a_deletion(
    small_keep: Keep, state: DeletionState, who: str
) -> None:
    """Proposed by ``admin``: who may confirm it, call it off, propose another, hold it."""
    keep = small_keep
    session = await keep.talks.talk()
    own = f"/api/sessions/{session}"
    assert await keep.code(f"{own}/deletion", WHY) == ""
    async with keep.talks.archive.db.write() as db:
        await db.execute(update(Deletion).values(state=state.value))
    begun = state in {DeletionState.ERASING, DeletionState.ERASED}
    gone = state is DeletionState.WITHDRAWN
    may = who in {"admin", "second", "supervisor"}
    confirm = (
        "no_deletion"
        if state is not DeletionState.PROPOSED
        else "same_person"
        if who == "admin"
        else ""
    )
    propose = "recording_erased" if begun else "deletion_under_way"
    expected = {
        "play": "not_allowed" if who == "supervisor" else "recording_erased" if begun else "",
        "propose": "not_allowed" if who == "supervisor" else propose,
        "confirm": confirm,
        "withdraw": "recording_erased" if begun else "",
        "hold": "recording_erased" if begun else "",
    }
    paths = PATHS | {"confirm": ("deletion/confirm", {})}
    for deed, wanted in expected.items():
        if gone and deed in {"propose", "withdraw"}:
            continue  # nothing is under way: as if it were the first time
        path, body = paths[deed]
        assert await keep.code(f"{own}/{path}", body, who) == (wanted if may else "not_allowed")
