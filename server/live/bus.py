"""Telling the web processes that sessions have changed: within one process, or through Redis.

The word only wakes: what has changed is read from the database. A word that is lost costs a delay,
never a change.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol

from redis import asyncio as aioredis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

CHANNEL = "yuntiao:changed"
RETRY_S = 0.5
ANSWER_S = 2.0
PING_EVERY_S = 1.0
UNANSWERED = 2
"""So many pings without an answer, and the line is given up."""
LOOK_S = 2.0
SAID_BY = "by:"
"""Marks, among the sessions of a word, the process that said it."""

Listener = Callable[[frozenset[str] | None], None]
"""Called with the sessions that changed, or None when words may have been missed."""


class Bus(Protocol):
    """Carries the word to every web process, this one too."""

    def listen(self, listener: Listener) -> None:
        """Call this listener from now on."""

    async def publish(self, sessions: frozenset[str]) -> None:
        """Tell everybody; never fails the caller."""

    async def ready(self) -> bool:
        """Tell whether words can be carried now; raise what the carrier's driver raises."""

    async def run(self) -> None:
        """Carry words until cancelled."""


class LocalBus:
    """One web process: no carrier is needed."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Call this listener from now on."""
        self._listeners.append(listener)

    async def publish(self, sessions: frozenset[str]) -> None:
        """Tell the listeners."""
        self.tell(sessions)

    def tell(self, sessions: frozenset[str] | None) -> None:
        """Call every listener here."""
        for listener in self._listeners:
            listener(sessions)

    async def ready(self) -> bool:
        """Always: no carrier is needed."""
        return True

    async def run(self) -> None:
        """Nothing to carry."""
        await asyncio.Event().wait()


class RedisBus:
    """Several web processes, over Redis publish/subscribe.

    While Redis is away everything is looked at every LOOK_S seconds: the database has the truth,
    and nobody waits for a word that does not come. Publishing never keeps a command waiting: words
    go out one after the other beside it, and what could not be said is said when Redis is back.
    """

    def __init__(self, url: str) -> None:
        self._redis = aioredis.from_url(
            url, socket_connect_timeout=ANSWER_S, socket_timeout=ANSWER_S, socket_keepalive=True
        )
        self._local = LocalBus()
        # A word that one's own process has said comes back; it was told here when it was said.
        self._mine = f"{SAID_BY}{secrets.token_hex(8)}"
        self._unsaid: set[str] = set()
        self._something = asyncio.Event()

    def listen(self, listener: Listener) -> None:
        """Call this listener from now on."""
        self._local.listen(listener)

    async def publish(self, sessions: frozenset[str]) -> None:
        """Tell every process; this one at once, whatever becomes of Redis."""
        self._local.tell(sessions)
        self._unsaid |= sessions
        self._something.set()

    async def ready(self) -> bool:
        """Ask Redis; raises RedisError or OSError where it does not answer."""
        return bool(await self._redis.ping())

    async def run(self) -> None:
        """Say and hear until cancelled; after every loss look at everything once."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._say_all())
                tasks.create_task(self._hear_all())
        finally:
            await self._redis.aclose()

    async def _say_all(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            sessions, self._unsaid = self._unsaid, set()
            try:
                await self._redis.publish(CHANNEL, json.dumps([self._mine, *sorted(sessions)]))
            except (RedisError, OSError):
                log.warning("bus.publish_failed")
                self._unsaid |= sessions
                self._something.set()
                await asyncio.sleep(RETRY_S)

    async def _hear_all(self) -> None:
        looking = 0.0
        clock = asyncio.get_running_loop().time
        while True:
            try:
                await self._receive()
            except (RedisError, OSError):
                log.warning("bus.lost")
            if clock() >= looking:
                self._local.tell(None)
                looking = clock() + LOOK_S
            await asyncio.sleep(RETRY_S)

    async def _receive(self) -> None:
        """Receive until the line is lost; one that says nothing, although asked, is lost too."""
        async with self._redis.pubsub() as subscription:
            await subscription.subscribe(CHANNEL)
            self._local.tell(None)
            asked = 0
            while asked <= UNANSWERED:
                message = await subscription.get_message(timeout=PING_EVERY_S)
                if message is None:
                    asked += 1
                    await subscription.ping()
                    continue
                asked = 0
                if message["type"] == "message":
                    self._hear(json.loads(message["data"]))
        raise TimeoutError

    def _hear(self, words: list[str]) -> None:
        if self._mine not in words:
            self._local.tell(frozenset(one for one in words if not one.startswith(SAID_BY)))


def make_bus(redis_url: str) -> Bus:
    """Return the bus that the settings ask for."""
    return RedisBus(redis_url) if redis_url else LocalBus()


Changed = Callable[[frozenset[str]], Awaitable[None]]
