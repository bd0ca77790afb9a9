"""A talk apart that is recorded: what its own recording holds of whom, and nobody else's."""

from collections.abc import Callable
from functools import partial
from itertools import combinations
from pathlib import Path

from recordings.events import RecorderEvent
from recordings.keys import signing_key
from recordings.master import MasterFile
from recordings.recorder import Recorder
from recordings.vault import Vault
from recordings.verify import Witness, verify
from tests.server.relay.calls import Call, Member, running_call
from tests.server.relay.relays import ROOM, SESSION, running_relay
from tests.server.relay.test_circles import ASIDE, divide, four, say
from tests.support.waiting import eventually


def apart(members: list[Member]) -> dict[Member, str]:
    """Mediator and one party talk, the others wait each alone."""
    mediator, lawyer, one, other = members
    return {mediator: ASIDE, one: ASIDE, lawyer: lawyer.peer, other: other.peer}


def marked(call: Call, session: str, mark: bytes) -> set[str]:
    """Whose sound with this mark a recording was given."""
    tracks = call.recording(session).tracks
    return {t.participant for t in tracks if any(p.endswith(mark) for p in t.packets)}


def is_marked(call: Call, session: str, mark: bytes, who: set[str]) -> bool:
    return marked(call, session, mark) == who


async def test_only_those_in_it_are_given_to_its_recording(tmp_path: Path) -> None:
    """For every pair of who talks and who waits, sound, picture and screen."""
    async with running_call(tmp_path) as call:
        await call.record(required=False)
        members = await four(call)
        for number, (mediator, one) in enumerate(combinations(members, 2), 1):
            circle = f"{0xC000 + number:032x}"
            inside = {mediator.peer, one.peer}
            groups = {m: circle if m.peer in inside else m.peer for m in members}
            await divide(call, 2 * number, groups, kept=circle)
            mark = f"mark{number:03}".encode()
            await say(members, mark, 5000 + 100 * number)
            await eventually(partial(is_marked, call, circle, mark, inside))
            tracks = call.recording(circle).tracks
            assert {track.participant for track in tracks if track.packets} == inside
            assert not marked(call, SESSION, mark)
            await divide(call, 2 * number + 1, dict.fromkeys(members, "joint"))


async def test_no_event_names_it_as_the_rooms_own(tmp_path: Path) -> None:
    async with running_call(tmp_path) as call:
        await call.record(required=False)
        members = await four(call)
        await divide(call, 1, apart(members), kept=ASIDE)
        await say(members, b"aside")
        heard = call.control.heard
        await eventually(lambda: heard("aside.recording.started"))
        await divide(call, 2, dict.fromkeys(members, "joint"))
        await eventually(lambda: heard("aside.recording.closed"))
        own = [event for event in call.control.events if event["type"].startswith("recording.")]
        assert {event["session"] for event in own} == {SESSION}
        _, room = await call.control.call("GET", f"/rooms/{ROOM}")
        assert ASIDE not in str(room)


async def test_it_stops_at_a_word_and_begins_again(tmp_path: Path) -> None:
    """A withdrawal is a division without ``kept``: not one packet more is handed over."""
    async with running_call(tmp_path) as call:
        await call.record(required=False)
        members = await four(call)
        mediator, _, one, _ = members
        await divide(call, 1, apart(members), kept=ASIDE)
        await say(members, b"first")
        await eventually(lambda: len(marked(call, ASIDE, b"first")) == 2)
        stopped = call.recording(ASIDE)
        await divide(call, 2, apart(members))
        assert stopped.closed == "not kept any more"
        given = sum(len(track.packets) for track in stopped.tracks)
        await say(members, b"unkept", 6000)
        await eventually(lambda: any(p.endswith(b"unkept") for p in one.audio(mediator.place)))
        assert sum(len(track.packets) for track in stopped.tracks) == given
        assert not marked(call, SESSION, b"unkept")
        await divide(call, 3, apart(members), kept=ASIDE)
        await say(members, b"again", 7000)
        await eventually(lambda: len(marked(call, ASIDE, b"again")) == 2)


async def test_its_files_its_key_and_its_seal_are_its_own(tmp_path: Path) -> None:
    """The real recorder: two recordings, two data keys, and what was said apart in one alone."""
    keys, key = tmp_path / "keys", signing_key(tmp_path / "signing")
    vault = Vault(keys, MasterFile(tmp_path / "master.key"))
    vault.prepare()

    def make(root: Path, on_event: Callable[[RecorderEvent], None]) -> Recorder:
        return Recorder(root, on_event, key=key, vault=vault)

    async with running_relay(tmp_path, make) as control:
        call = Call(control, [])
        await control.call("PUT", f"/rooms/{ROOM}", {"recording": None})
        await call.record(required=False)
        members = await four(call)
        await divide(call, 1, apart(members), kept=ASIDE)
        await say(members, b"aside")
        await eventually(lambda: control.heard("aside.recording.started"))
        await divide(call, 2, dict.fromkeys(members, "joint"))
        await eventually(lambda: control.heard("aside.recording.closed"))
        await say(members, b"after", 7000)
        await control.call("DELETE", f"/rooms/{ROOM}")
        await eventually(lambda: control.heard("recording.closed"))
        for member in members:
            await member.client.close()
    recordings = tmp_path / "recordings"
    for session in (SESSION, ASIDE):
        assert verify(recordings / session, witness=Witness(key.public)) == []
    own = {path.name for path in (recordings / ASIDE).iterdir() if path.is_dir()}
    assert own == {members[0].peer, members[2].peer}
    lie_in = [{path.name for path in (keys / session).iterdir()} for session in (SESSION, ASIDE)]
    assert all(lie_in)
    assert not lie_in[0] & lie_in[1]
