"""The word between web processes: through a real Redis, without it, and when it comes back."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis import asyncio as aioredis

from server.live.bus import CHANNEL, Bus, LocalBus, RedisBus, make_bus
from server.storage.engine import Database
from tests.server.live.wire import open_wire, sign_in
from tests.server.sessions.desk import request_body
from tests.support.ports import free_port
from tests.support.processes import Program, start, wait_until_listening
from tests.support.waiting import eventually
from tests.support.weak_line import weak_line


class Ear:
    """A bus that runs, and what it was told."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.words: list[frozenset[str] | None] = []
        bus.listen(self.words.append)
        self._task = asyncio.create_task(bus.run())

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@pytest.fixture
async def listening() -> AsyncIterator[Callable[[str], Ear]]:
    async with AsyncExitStack() as stack:

        def begin(url: str) -> Ear:
            ear = Ear(make_bus(url))
            stack.push_async_callback(ear.close)
            return ear

        yield begin


class OwnRedis:
    """A Redis that can be killed and started again at the same port."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._server: Program | None = None

    def start(self) -> None:
        arguments = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        self._server = start(["redis-server", *arguments], self._folder / "redis.log")
        wait_until_listening(self._server, self.port)

    async def both_listen(self) -> bool:
        """Tell whether two buses are subscribed."""
        async with aioredis.from_url(self.url) as redis:
            return dict(await redis.pubsub_numsub(CHANNEL)) == {CHANNEL.encode(): 2}

    def kill(self) -> None:
        """Redis writes over its environment, so it is killed itself, not by its mark."""
        assert self._server is not None, "start() comes first"
        if self._server.running:
            self._server.send(signal.SIGKILL)
        self._server.stop()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    redis = OwnRedis(tmp_path)
    redis.start()
    yield redis
    redis.kill()


WORD = frozenset({"a" * 32, "b" * 32})
NEXT = frozenset({"c" * 32})


def test_the_settings_choose() -> None:
    assert isinstance(make_bus(""), LocalBus)
    assert isinstance(make_bus("redis://127.0.0.1:1/0"), RedisBus)


async def test_one_process_needs_no_carrier(listening: Callable[[str], Ear]) -> None:
    ear = listening("")
    await ear.bus.publish(WORD)
    assert ear.words == [WORD]


async def test_every_process_hears_of_a_change(
    redis_url: str, listening: Callable[[str], Ear]
) -> None:
    ears = [listening(redis_url) for _ in range(3)]
    await eventually(lambda: all(ear.words == [None] for ear in ears))
    await ears[0].bus.publish(WORD)
    assert WORD in ears[0].words, "one's own process at once"
    await eventually(lambda: all(WORD in ear.words for ear in ears))


async def test_its_own_word_wakes_a_process_once(
    redis_url: str, listening: Callable[[str], Ear]
) -> None:
    here, there = listening(redis_url), listening(redis_url)
    await eventually(lambda: here.words == there.words == [None])
    await here.bus.publish(WORD)
    await eventually(lambda: WORD in there.words)
    await there.bus.publish(NEXT)
    await eventually(lambda: NEXT in here.words)  # whatever Redis said before it has come
    assert here.words == [None, WORD, NEXT]
    assert there.words == [None, WORD, NEXT]


async def test_redis_lost_and_back(own_redis: OwnRedis, listening: Callable[[str], Ear]) -> None:
    here, there = listening(own_redis.url), listening(own_redis.url)
    await eventually(lambda: here.words == there.words == [None])
    own_redis.kill()
    await here.bus.publish(WORD)
    assert here.words[-1] == WORD, "whatever becomes of Redis"
    await eventually(lambda: there.words.count(None) >= 3, what="without the word, by looking")
    assert WORD not in there.words
    looked = there.words.count(None)
    own_redis.start()
    await eventually(own_redis.both_listen, what="both listen again")
    await eventually(
        lambda: WORD in there.words or there.words.count(None) > looked,
        what="the word said before the other listened again is made up for by looking",
    )
    await here.bus.publish(NEXT)
    await eventually(lambda: NEXT in there.words)


async def test_a_redis_that_says_nothing_is_noticed(
    redis_url: str, listening: Callable[[str], Ear]
) -> None:
    async with weak_line(int(redis_url.rpartition(":")[2].partition("/")[0])) as line:
        here = listening(redis_url)
        there = listening(f"redis://127.0.0.1:{line.port}/0")
        await eventually(lambda: here.words == there.words == [None])
        line.stall()
        await here.bus.publish(WORD)
        await there.bus.publish(NEXT)
        assert there.words[-1] == NEXT, "nobody waits for a Redis that does not answer"
        await eventually(lambda: there.words.count(None) >= 2, what="by looking")
        line.repair()
        await eventually(lambda: NEXT in here.words)


async def test_without_redis_at_the_start_it_is_waited_for(
    own_redis: OwnRedis, listening: Callable[[str], Ear]
) -> None:
    own_redis.kill()
    ear = listening(own_redis.url)
    await ear.bus.publish(WORD)
    assert ear.words == [WORD]
    own_redis.start()
    await eventually(lambda: None in ear.words)


async def test_a_call_reaches_a_desk_at_another_web_process(
    small: Database, tmp_path: Path, redis_url: str
) -> None:
    """Two applications that share a database and a Redis: one has the terminal, one the desk."""
    async with AsyncExitStack() as stack:
        opening = open_wire(small, tmp_path, YUNTIAO_REDIS_URL=redis_url)
        here = await stack.enter_async_context(opening)
        opening = open_wire(small, tmp_path, here.desk, YUNTIAO_REDIS_URL=redis_url)
        there = await stack.enter_async_context(opening)
        mediator = await here.page("mediator")
        lawyer = await there.open(await sign_in(there.desk, "lawyer"))
        await lawyer.ok("duty.on")
        duty = [{"id": here.desk.id("lawyer"), "name": "某lawyer"}]
        await mediator.shown(duty=duty)
        session = (await mediator.ok("session.request", request_body()))["session"]
        await eventually(lambda: lawyer.views and lawyer.views[-1]["ringing"])
        await lawyer.ok("call.accept", {"session": session, "recording": True})

        def accepted() -> bool:
            return bool(mediator.views[-1]["session"]["state"] == "accepted")

        await eventually(accepted)
