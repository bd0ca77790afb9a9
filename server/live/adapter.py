"""Socket.IO, and nothing else of this service knows of it.

WebSocket only, so that no proxy needs sticky sessions; one event of a client at a time.
"""

import asyncio
import hmac
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any

import socketio
from aiohttp import web
from engineio.async_drivers.aiohttp import WebSocket
from prometheus_client.core import GaugeMetricFamily, Metric
from socketio.packet import EVENT, Packet

from server.live.connections import Connection
from server.live.encoding import Writer
from server.live.hub import Hub, Views
from server.logs import tracing, usable_id
from server.storage.engine import Away
from server.web.principal import FindPrincipal, Principal
from signaling.commands import Command, GoOffDuty, GoOnDuty, decode_command
from signaling.errors import ProtocolError, UserError
from signaling.rights import Role

log = logging.getLogger(__name__)

MESSAGE_LIMIT = 128 * 1024
PING_S = 5
PONG_WITHIN_S = 5
PATH = "socket.io"
MOST_UNREAD = 12
"""A page for which so many packets wait is not reading; one that is only slow never has as many."""
GOODBYES_AT_ONCE = 20
GOODBYES_S = 400
"""So many pages a second are sent away: another process, which takes them, has others as well."""
GOODBYE_S = 4.0
"""However many there are, the last one has heard of it by then: a supervisor waits ten seconds."""
GONE_S = 1.0
"""Who has heard of it and is still there after this is cut off."""
LOOK_S = 0.05
_ENGINE_PACKETS = ("1", "3")  # close and pong

StillOpen = Callable[[Collection[str]], Awaitable[Collection[str]]]
"""Of these logins (by the hashes of their tokens), those that have not ended."""

Perform = Callable[[Principal, Command], Awaitable[Mapping[str, Any]]]


class _Gate(WebSocket):  # type: ignore[misc]
    """Lets in what a page of ours sends; anything else ends the connection at once.

    Further in, a malformed packet would be a traceback, binary attachments would be gathered
    without a bound, and an event named ``connect`` would call the handler of that name.
    """

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        """Serve one line, uncompressed: for each, zlib would keep 100 KB, and a quarter of the
        processor's time of a call would go into making some kilobytes smaller.
        """
        self._sock = web.WebSocketResponse(max_msg_size=MESSAGE_LIMIT, compress=False)
        await self._sock.prepare(environ["aiohttp.request"])
        self.environ = environ
        await self.handler(self)
        return self._sock

    async def wait(self) -> object:
        """Return the next frame; OSError is how Engine.IO is told of an end."""
        frame = await super().wait()
        if frame in _ENGINE_PACKETS or _is_sound(frame):
            return frame
        log.info("live.bad_packet")
        raise OSError("not a packet of a page")


def _is_sound(frame: object) -> bool:
    """Tell whether it is a Socket.IO packet that connects, disconnects or sends an event."""
    if not isinstance(frame, str) or frame[:2] not in ("40", "41", "42"):
        return False
    try:
        packet = Packet(encoded_packet=frame[1:])
    except (ValueError, TypeError, RecursionError):
        return False
    if packet.packet_type != EVENT:
        return True
    named = isinstance(packet.data, list) and packet.data and isinstance(packet.data[0], str)
    return bool(named) and packet.data[0] not in socketio.AsyncServer.reserved_events


class LiveWire:
    """The Socket.IO server around a hub."""

    def __init__(
        self, origins: tuple[str, ...], find: FindPrincipal, perform: Perform, views: Views
    ) -> None:
        self._find = find
        self._perform = perform
        self._writer = Writer()
        self._server = socketio.AsyncServer(
            async_mode="aiohttp",
            async_handlers=False,
            cors_allowed_origins=list(origins),
            transports=["websocket"],
            max_http_buffer_size=MESSAGE_LIMIT,
            ping_interval=PING_S,
            ping_timeout=PONG_WITHIN_S,
            logger=False,
            engineio_logger=False,
        )
        engine = self._server.eio
        engine._async = {**engine._async, "websocket": _Gate}
        self.hub = Hub(views, self._show)
        self._server.on("connect", self._connect)
        self._server.on("disconnect", self._disconnect)
        self._server.on("command", self._command)
        self._server.on("*", self._unknown)

    def attach(self, app: web.Application) -> None:
        """Answer on /socket.io/."""
        self._server.attach(app, socketio_path=PATH)

    async def close(self) -> None:
        """End what runs beside the sockets."""
        await self._server.shutdown()

    async def send_away(self) -> None:
        """Say goodbye to every page, not to all in one moment; they come back by themselves.

        Who has not yet been told is served meanwhile.
        """
        pages = self.hub.connections()
        lines = [self._server.get_environ(page.id) for page in pages]
        pause = GOODBYES_AT_ONCE * min(1 / GOODBYES_S, GOODBYE_S / max(1, len(pages)))
        for start in range(0, len(pages), GOODBYES_AT_ONCE):
            for page in pages[start : start + GOODBYES_AT_ONCE]:
                await self._server.disconnect(page.id)
            await asyncio.sleep(pause)
        await self._gone(lines)

    @staticmethod
    async def _gone(lines: Sequence[Mapping[str, Any]]) -> None:
        """Wait until these lines have ended, but not for ever."""
        for _ in range(int(GONE_S / LOOK_S)):
            if not any(_transport(line) for line in lines):
                return
            await asyncio.sleep(LOOK_S)
        for line in lines:
            _cut(line)

    async def figures(self) -> Sequence[Metric]:
        """Return how many pages are connected here, by role, for Prometheus."""
        gauge = GaugeMetricFamily(
            "yuntiao_pages_connected", "Pages connected to this process, by role", labels=["role"]
        )
        counts = Counter(one.principal.role for one in self.hub.connections())
        for role in Role:
            gauge.add_metric([role.value], counts[role])
        return [gauge]

    async def _connect(
        self, sid: str, environ: Mapping[str, Any], auth: Mapping[str, Any] | None
    ) -> None:
        cookies = _cookies(environ.get("HTTP_COOKIE", ""))
        try:
            principal = await self._find(cookies)
        except Away:
            # Neither yes nor no: the page comes again by itself.
            _cut(environ)
            raise socketio.exceptions.ConnectionRefusedError from None
        if principal is None or principal.owes:
            raise socketio.exceptions.ConnectionRefusedError("sign_in_needed")
        sent = auth.get("csrf", "") if isinstance(auth, dict) else ""
        if not hmac.compare_digest(str(sent).encode(), principal.csrf.encode()):
            raise socketio.exceptions.ConnectionRefusedError("bad_csrf")
        self.hub.open(Connection(sid, principal, cookies))

    async def _disconnect(self, sid: str, *_reason: object) -> None:
        self.hub.close(sid)

    async def _unknown(self, _event: str, _sid: str, *_data: object) -> dict[str, Any]:
        return _refusal("unknown_event", "页面版本过旧，请刷新。")

    async def _command(self, sid: str, data: object = None, *_rest: object) -> dict[str, Any]:
        connection = self.hub.get(sid)
        if connection is None:
            return _refusal("sign_in_needed", "请先登录。")
        with tracing(**_ids(data)):
            return await self._carried_out(connection, data)

    async def _carried_out(self, connection: Connection, data: object) -> dict[str, Any]:
        try:
            return {"ok": True, "body": await self._answer(connection, decode_command(data))}
        except UserError as error:
            return _refusal(error.code, error.message)
        except ProtocolError as error:
            return _refusal(error.code, "页面版本过旧或请求有误，请刷新页面后再试。")
        except Away:
            # Whether it was done is not known. No answer and no line: the page comes again and
            # sends it again, under the same id, which finds out.
            log.warning("live.database_away")
            self._cut_off(connection.id)
            return {}
        except Exception as error:
            # Its text may hold people's words; the kind and the place are enough to find it.
            log.error(
                "live.command_broken", extra={"error_kind": type(error).__name__}, exc_info=True
            )
            return _refusal("internal", "系统出现意外错误，请稍后再试。")

    async def _answer(self, connection: Connection, command: Command) -> Mapping[str, Any]:
        principal = await self._find(connection.cookies)
        if principal is None or principal.account_id != connection.principal.account_id:
            await self._bye(connection, "sign_in_needed")
            raise UserError("sign_in_needed", "登录已过期，请重新登录。")
        if command.type == "sync":
            return await self.hub.view(connection)
        answer = await self._perform(principal, command)
        if isinstance(command.body, GoOnDuty | GoOffDuty):
            # It is about no session: nobody else would think of this person's pages.
            self.hub.acted(principal.account_id)
        return answer

    async def cut_ended(self, still_open: StillOpen) -> None:
        """Say goodbye to the pages whose logins have ended, and close their sockets."""
        connections = self.hub.connections()
        if not connections:
            return
        valid = await still_open({one.principal.login_hash for one in connections})
        for connection in connections:
            if connection.principal.login_hash not in valid:
                await self._bye(connection, "sign_in_needed")
                await self._server.disconnect(connection.id)

    async def _bye(self, connection: Connection, code: str) -> None:
        await self._show(connection.id, "bye", {"code": code})

    async def _show(self, sid: str, event: str, body: Mapping[str, Any]) -> None:
        if self._backlog(sid) >= MOST_UNREAD:
            # It reads nothing. It is cut off, and shown everything when it comes again.
            log.info("live.slow_page")
            self._cut_off(sid)
            return
        engine_id = self._server.manager.eio_sid_from_sid(sid, "/")
        if engine_id is not None:
            await self._server.eio.send(engine_id, self._writer.event(event, body))

    def _cut_off(self, sid: str) -> None:
        self.hub.close(sid)
        _cut(self._server.get_environ(sid))

    def _backlog(self, sid: str) -> int:
        """Count the packets that wait to be sent to a page."""
        engine_id = self._server.manager.eio_sid_from_sid(sid, "/")
        socket = self._server.eio.sockets.get(engine_id)
        return 0 if socket is None else int(socket.queue.qsize())


def _ids(data: object) -> dict[str, str]:
    """Return the ids of a command that is not yet known to be one, for the log."""
    envelope = data if isinstance(data, dict) else {}
    body = envelope.get("body")
    session = body.get("session") if isinstance(body, dict) else None
    return {"request_id": usable_id(envelope.get("id")), "session": usable_id(session)}


def _cut(environ: Mapping[str, Any]) -> None:
    """End a page's connection now, without another word."""
    transport = _transport(environ)
    if transport is not None:
        transport.abort()


def _transport(environ: Mapping[str, Any]) -> asyncio.Transport | None:
    """Return the line itself, or None when it is gone."""
    transport: asyncio.Transport | None = environ["aiohttp.request"].transport
    return transport


def _refusal(code: str, message: str) -> dict[str, Any]:
    return {"ok": False, "code": code, "message": message}


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


async def repeat_forever(work: Callable[[], Awaitable[None]], every: float) -> None:
    """Do it every so many seconds; the database may be away for a while."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("live.repeated_work_failed")
        await asyncio.sleep(every)
