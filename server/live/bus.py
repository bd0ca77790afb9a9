"""Telling the web processes that sessions have changed: within one process, or through Redis.

The word only wakes: what has changed is read from the database. A word that is lost costs a delay,
never a change.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from redis import asyncio as aioredis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

CHANNEL = "yuntiao:changed"
RETRY_S = 0.5

Listener = Callable[[frozenset[str] | None], None]
"""Called with the sessions that changed, or None when words may have been missed."""


class Bus(Protocol):
    """Carries the word to every web process, this one too."""

    def listen(self, listener: Listener) -> None:
        """Call this listener from now on."""

    async def publish(self, sessions: frozenset[str]) -> None:
        """Tell everybody; never fails the caller."""

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

    async def run(self) -> None:
        """Nothing to carry."""
        await asyncio.Event().wait()


class RedisBus:
    """Several web processes, over Redis publish/subscribe."""

    def __init__(self, url: str) -> None:
        self._redis = aioredis.from_url(url, socket_connect_timeout=3, health_check_interval=10)
        self._local = LocalBus()

    def listen(self, listener: Listener) -> None:
        """Call this listener from now on."""
        self._local.listen(listener)

    async def publish(self, sessions: frozenset[str]) -> None:
        """Tell every process; this one at once, whatever becomes of Redis."""
        self._local.tell(sessions)
        try:
            await self._redis.publish(CHANNEL, json.dumps(sorted(sessions)))
        except (RedisError, OSError):
            log.warning("bus.publish_failed")

    async def run(self) -> None:
        """Receive until cancelled; after every loss look at everything once."""
        try:
            while True:
                await self._receive_until_lost()
                await asyncio.sleep(RETRY_S)
        finally:
            await self._redis.aclose()

    async def _receive_until_lost(self) -> None:
        try:
            await self._receive()
        except (RedisError, OSError):
            log.warning("bus.lost")

    async def _receive(self) -> None:
        async with self._redis.pubsub() as subscription:
            await subscription.subscribe(CHANNEL)
            self._local.tell(None)
            async for message in subscription.listen():
                if message["type"] == "message":
                    self._local.tell(frozenset(json.loads(message["data"])))


def make_bus(redis_url: str) -> Bus:
    """Return the bus that the settings ask for."""
    return RedisBus(redis_url) if redis_url else LocalBus()


Changed = Callable[[frozenset[str]], Awaitable[None]]
