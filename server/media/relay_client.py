"""One relay's control API, as a client."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientConnectionError, ClientSession, ClientTimeout, TCPConnector, UnixConnector
from aiohttp.client_exceptions import ClientConnectorError, ClientError

from server.logs import REQUEST_HEADER, request_id
from signaling.errors import UserError

CALL_S = 5.0
HELLO_S = 2.0
_FULL = frozenset({"draining", "overloaded"})
SILENCE_S = 6.0  # the event stream has a heartbeat every two seconds


class RelayUnavailable(UserError):
    """No relay answers; the page tries again by itself."""

    code = "relay_unavailable"
    message = "音视频服务正在恢复，请稍候，会自动重连。"


class RelayGone(RelayUnavailable):
    """Its machine answers, and says that nobody listens there."""


class RelayFull(RelayUnavailable):
    """The relay takes no new room: it is about to stop, or carries all that it can."""

    code = "relay_full"
    message = "音视频线路已满，请稍候，会自动重连。"


class OfferRefused(UserError):
    """The relay did not take the page's offer."""

    code = "bad_sdp"
    message = "无法建立音视频连接，请刷新页面后再试。"


@dataclass(frozen=True, slots=True)
class Hello:
    """Who answers: a new ``boot`` means that its rooms are gone. ``load``: 0..1."""

    boot: str
    load: float
    draining: bool
    rooms: int = 0


class RelayClient:
    """``address``: unix:/path or tcp:HOST:PORT; ``token`` for the latter."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http: ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()

    async def hello(self) -> Hello:
        """Ask who answers."""
        body = await self._call("GET", "/hello", within=HELLO_S)
        return Hello(body["boot"], float(body["load"]), bool(body["draining"]), int(body["rooms"]))

    async def put_room(self, room: str, *, record: bool, continues: str | None = None) -> str:
        """Make the room, once or again; return the state of its recording.

        ``continues``: the session of an earlier day that this one goes on with.
        """
        recording = {"session": room, "required": True, "continues": continues} if record else None
        body = await self._call("PUT", f"/rooms/{room}", {"recording": recording})
        return str(body["recording"])

    async def offer(self, room: str, peer: str, place: int, role: str, sdp: str) -> str:
        """Carry a page's offer; return the answer."""
        body = {"place": place, "role": role, "offer": sdp}
        answer = await self._call("POST", f"/rooms/{room}/peers/{peer}", body)
        return str(answer["answer"])

    async def pictures(self, room: str, peer: str, *, always: bool) -> None:
        """Show a peer the others' pictures whatever its line carries, or as it carries them."""
        await self._call("PUT", f"/rooms/{room}/peers/{peer}/pictures", {"always": always})

    async def point(self, room: str, peer: str, x: float, y: float) -> None:
        """Pass on where a peer points at the page that is shared in its circle."""
        await self._call("POST", f"/rooms/{room}/peers/{peer}/point", {"x": x, "y": y})

    async def divide(
        self,
        room: str,
        version: int,
        groups: Mapping[str, str],
        muted: list[str],
        kept: str | None = None,
    ) -> int:
        """Say who may be in the room, in which circles; return the version that holds there.

        ``kept``: the circle apart that is recorded for itself, under its own name.
        """
        body = {"version": version, "groups": groups, "muted": muted, "kept": kept}
        answer = await self._call("PUT", f"/rooms/{room}/circles", body)
        return int(answer["version"])

    async def recording(self, room: str, action: str, reason: str = "") -> None:
        """Pause, resume or stop the recording."""
        await self._call("POST", f"/rooms/{room}/recording", {"action": action, "reason": reason})

    async def delete_room(self, room: str) -> None:
        """End the room; its recording is sealed."""
        await self._call("DELETE", f"/rooms/{room}")

    async def rooms(self) -> dict[str, str]:
        """Return the rooms there are, each with the state of its recording."""
        return {room["room"]: room["recording"] for room in await self._call("GET", "/rooms")}

    async def present(self) -> dict[str, frozenset[str]]:
        """Return who is in each room: who has connected there, and is not silent."""
        return {
            room["room"]: frozenset(
                peer["peer"] for peer in room["peers"] if peer["connected"] and not peer["silent"]
            )
            for room in await self._call("GET", "/rooms")
        }

    async def drain(self) -> None:
        """Have it take no new rooms from now on; those that are open go on."""
        await self._call("POST", "/drain")

    async def events(self) -> AsyncIterator[Mapping[str, Any]]:
        """Yield the events from the oldest it still knows; raise RelayUnavailable at the end."""
        timeout = ClientTimeout(total=None, sock_connect=CALL_S, sock_read=SILENCE_S)
        try:
            async with self._session().get(
                self._url("/events?after=0"), headers=self._headers, timeout=timeout
            ) as response:
                async for line in response.content:
                    if line.strip():
                        yield json.loads(line)
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise RelayUnavailable from error
        raise RelayUnavailable

    async def _call(
        self, method: str, path: str, body: object = None, within: float = CALL_S
    ) -> Any:
        try:
            async with self._session().request(
                method,
                self._url(path),
                json=body,
                headers=self._traced(),
                timeout=ClientTimeout(total=within),
            ) as response:
                payload = await response.json() if response.status != 204 else {}
        except ClientConnectorError as error:
            gone = isinstance(error.os_error, (ConnectionRefusedError, FileNotFoundError))
            raise (RelayGone if gone else RelayUnavailable) from error
        except (ClientConnectionError, ClientError, TimeoutError, OSError, ValueError) as error:
            raise RelayUnavailable from error
        if response.status >= 400:
            raise _refusal(response.status, payload)
        return payload

    def _traced(self) -> dict[str, str]:
        traced = request_id()
        return self._headers | ({REQUEST_HEADER: traced} if traced else {})

    def _session(self) -> ClientSession:
        if self._http is None:
            unix = self.address.removeprefix("unix:") if self.address.startswith("unix:") else ""
            connector = UnixConnector(unix) if unix else TCPConnector()
            self._http = ClientSession(connector=connector)
        return self._http

    def _url(self, path: str) -> str:
        host = self.address.removeprefix("tcp:") if self.address.startswith("tcp:") else "relay"
        return f"http://{host}{path}"


async def answering(relays: Iterable[RelayClient]) -> list[tuple[RelayClient, Hello]]:
    """Ask all at once who answers, and is not about to stop; the least busy first."""

    async def ask(relay: RelayClient) -> tuple[RelayClient, Hello] | None:
        try:
            return relay, await relay.hello()
        except RelayUnavailable:
            return None

    found = await asyncio.gather(*(ask(relay) for relay in relays))
    free = [one for one in found if one is not None and not one[1].draining]
    return sorted(free, key=lambda one: (round(one[1].load, 2), one[1].rooms))


def _refusal(status: int, payload: Mapping[str, Any]) -> UserError:
    code: str | None = payload.get("code")
    if status in (400, 413):
        return OfferRefused(code)
    return RelayFull(code) if code in _FULL else RelayUnavailable(code)
