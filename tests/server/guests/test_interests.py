"""A party named late, or by another name, and the lawyers who declared an interest in them."""

from server.sessions import repository
from server.storage.engine import Database
from server.storage.schema import DeclaredConflict
from signaling.names import fold
from tests.server.dispatch.bell import Bell, open_bell
from tests.server.guests.lobby import Lobby
from tests.server.sessions.desk import PERSONS, Desk

NAME = "买买提·艾力"


async def declare(desk: Desk, lawyer: str, name: str) -> None:
    async with desk.db.write() as write:
        write.add(
            DeclaredConflict(
                lawyer_id=desk.id(lawyer), name=name, folded=fold(name), declared_at=desk.clock()
            )
        )


async def told(desk: Desk, *names: str) -> list[str]:
    """Who of these is told that a lawyer in the talk has an interest in a party."""
    return [one for one in names if (await desk.view(one))["session"]["conflict"]]


async def _waiting(db: Database) -> tuple[Bell, Lobby]:
    bell = await open_bell(db)
    return bell, Lobby(bell.desk, await bell.desk.request(persons=PERSONS[:1]))


async def test_who_is_invited_while_people_wait_counts_for_the_ring(small: Database) -> None:
    bell, lobby = await _waiting(small)
    await declare(bell.desk, "lawyer", "买买提.艾力")
    await lobby.invite(NAME)
    await bell.desk.on_duty("lawyer", "second")
    await bell.look()
    assert await bell.ringing(lobby.session) == ["second"]
    assert await lobby.refused("lawyer", "call.accept", recording=True) == "own_conflict"


async def test_the_name_that_was_checked_counts_too(small: Database) -> None:
    bell, lobby = await _waiting(small)
    await declare(bell.desk, "lawyer", "赵六")
    await lobby.use(await lobby.invite("赵五"))
    await lobby.know("赵五", "赵六")
    await bell.desk.on_duty("lawyer")
    assert await lobby.refused("lawyer", "call.accept", recording=True) == "own_conflict"


async def test_in_the_talk_that_lawyer_and_the_mediator_are_told(lobby: Lobby) -> None:
    desk = lobby.desk
    await declare(desk, "lawyer", "赵六")
    await lobby.inside("王建国")
    assert await told(desk, "mediator", "lawyer", "王建国") == []
    await lobby.know("王建国", "赵六")
    assert await told(desk, "mediator", "lawyer", "王建国") == ["mediator", "lawyer"]


async def test_of_two_lawyers_only_the_one_it_is_about_is_told(lobby: Lobby) -> None:
    desk = lobby.desk
    await desk.on_duty("second")
    body = {"session": lobby.session, "lawyer": desk.id("second"), "kind": "call_in"}
    await desk.send("lawyer", "call.hand_over", body)
    await lobby.send("second", "call.accept", recording=True)
    await declare(desk, "second", "赵六")
    await lobby.invite("赵六")
    assert await told(desk, "mediator", "lawyer", "second") == ["mediator", "second"]
    await lobby.send("second", "call.leave")
    assert await told(desk, "mediator", "lawyer") == []


async def test_a_name_that_grows_when_it_is_compared_still_fits(lobby: Lobby) -> None:
    """One sign that is written out as a whole sentence."""
    await lobby.invite("\ufdfa" * 40)
    async with lobby.desk.db.read() as read:
        longest = max(len(one.folded) for one in await repository.persons_of(read, lobby.session))
    assert longest == 40
