"""The control API: HTTP and JSON, for the web process alone. Every error has a stable code."""

import hmac
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from server.logs import REQUEST_HEADER, tracing, usable_id
from server.relay.bodies import (
    read_action,
    read_circles,
    read_peer,
    read_pictures,
    read_room,
    read_spot,
)
from server.relay.errors import BadRequest, NoRoom, RelayError, TooLarge, Unauthorized, WrongType
from server.relay.metrics import exposition
from server.relay.relay import VERSION, Relay

log = logging.getLogger(__name__)

_MOST_BYTES = 128 * 1024
_ROOM = "/rooms/{room:[0-9a-f]{32}}"
_PEER = _ROOM + "/peers/{peer:[0-9a-f]{32}}"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
RELAY = web.AppKey("relay", Relay)


def make_app(relay: Relay, token: str | None) -> web.Application:
    """Build the API over ``relay``; with a token, every request must carry it."""
    app = web.Application(client_max_size=_MOST_BYTES, middlewares=[_errors, _authorize(token)])
    app[RELAY] = relay
    app.add_routes(
        [
            web.get("/hello", _hello),
            web.get("/healthz", _healthz),
            web.get("/metrics", _metrics),
            web.get("/events", _events),
            web.post("/drain", _drain),
            web.get("/rooms", _list_rooms),
            web.put(_ROOM, _put_room),
            web.get(_ROOM, _get_room),
            web.delete(_ROOM, _delete_room),
            web.put(_ROOM + "/circles", _put_circles),
            web.post(_ROOM + "/recording", _post_recording),
            web.post(_PEER, _post_peer),
            web.put(_PEER + "/pictures", _put_pictures),
            web.post(_PEER + "/point", _post_point),
            web.delete(_PEER, _delete_peer),
        ]
    )
    return app


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    traced = usable_id(request.headers.get(REQUEST_HEADER))
    with tracing(request_id=traced, session=usable_id(request.match_info.get("room"))):
        return await _answered(request, handler)


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except RelayError as error:
        return _error(error.status, error.code, error.message)
    except web.HTTPRequestEntityTooLarge:
        return _error(413, "body_too_large", "a body has at most 128 KiB")
    except web.HTTPException as error:
        return _error(error.status, error.reason.lower().replace(" ", "_"), error.reason)
    except Exception:
        log.exception("relay.control_failed")
        return _error(500, "internal", "this is a bug of the relay")


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message}, status=status)


def _authorize(token: str | None) -> Middleware:
    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if token is not None and not hmac.compare_digest(
            given.encode(), f"Bearer {token}".encode()
        ):
            raise Unauthorized("the bearer token is missing or wrong")
        return await handler(request)

    return check


async def _json(request: web.Request) -> object:
    if request.content_type != "application/json":
        raise WrongType("a body is application/json")
    try:
        return await request.json()
    except (ValueError, RecursionError):
        raise BadRequest("a body is JSON in UTF-8") from None


def _room_and_recording(request: web.Request) -> web.Response:
    room = request.app[RELAY].room(request.match_info["room"])
    return web.json_response({"room": room.ident, "recording": room.recording_state.value})


async def _hello(request: web.Request) -> web.Response:
    relay = request.app[RELAY]
    relay.clock.update()
    return web.json_response(
        {
            "boot": relay.boot,
            "version": VERSION,
            "rooms": len(relay.rooms),
            "load": round(relay.admission.expected(len(relay.rooms), relay.clock.now), 3),
            "draining": relay.draining,
            "udp_port": relay.udp_port,
        }
    )


async def _healthz(_: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _metrics(request: web.Request) -> web.Response:
    return web.Response(text=exposition(request.app[RELAY]), content_type="text/plain")


async def _drain(request: web.Request) -> web.Response:
    request.app[RELAY].draining = True
    return await _hello(request)


async def _list_rooms(request: web.Request) -> web.Response:
    rooms = request.app[RELAY].rooms.values()
    return web.json_response([room.describe() for room in rooms])


async def _get_room(request: web.Request) -> web.Response:
    return web.json_response(request.app[RELAY].room(request.match_info["room"]).describe())


async def _put_room(request: web.Request) -> web.Response:
    body = read_room(await _json(request))
    room = request.match_info["room"]
    request.app[RELAY].put_room(room, body.session, body.required, body.continues)
    return _room_and_recording(request)


async def _delete_room(request: web.Request) -> web.Response:
    request.app[RELAY].delete_room(request.match_info["room"])
    return web.Response(status=204)


async def _put_circles(request: web.Request) -> web.Response:
    circles = read_circles(await _json(request))
    room = request.app[RELAY].divide(request.match_info["room"], circles)
    return web.json_response({"room": room.ident, "version": room.circles.version})


async def _post_recording(request: web.Request) -> web.Response:
    body = read_action(await _json(request))
    room = request.app[RELAY].room(request.match_info["room"])
    if body.action == "resume":
        room.resume()
    elif body.action == "pause":
        room.pause(body.reason)
    else:
        room.stop_recording(body.reason)
    return _room_and_recording(request)


async def _post_peer(request: web.Request) -> web.Response:
    try:
        body = read_peer(await _json(request))
    except web.HTTPRequestEntityTooLarge:
        raise TooLarge("an offer has at most 64 KiB", "sdp_too_large") from None
    answer = request.app[RELAY].post_peer(
        request.match_info["room"],
        request.match_info["peer"],
        body.place,
        body.role,
        body.offer,
    )
    return web.json_response({"answer": answer})


async def _put_pictures(request: web.Request) -> web.Response:
    always = read_pictures(await _json(request))
    room = request.app[RELAY].room(request.match_info["room"])
    peer = room.peers.get(request.match_info["peer"])
    if peer is None:
        raise NoRoom("no such peer in this room")
    peer.downlink.insist(always)
    return web.json_response({"video": peer.downlink.pictures})


async def _post_point(request: web.Request) -> web.Response:
    x, y = read_spot(await _json(request))
    room = request.app[RELAY].room(request.match_info["room"])
    peer = room.peers.get(request.match_info["peer"])
    if peer is None:
        raise NoRoom("no such peer in this room")
    return web.json_response({"told": room.point(peer, x, y)})


async def _delete_peer(request: web.Request) -> web.Response:
    room = request.app[RELAY].rooms.get(request.match_info["room"])
    if room is not None:
        room.remove(request.match_info["peer"], "deleted")
    return web.Response(status=204)


async def _events(request: web.Request) -> web.StreamResponse:
    after = request.query.get("after")
    if after is not None and not (after.isascii() and after.isdigit() and len(after) < 16):
        raise BadRequest("after is the number of an event")
    hub = request.app[RELAY].events
    reader = hub.open(int(after) if after else None)
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
    try:
        await response.prepare(request)
        async for chunk in reader.chunks():
            await response.write(chunk)
    except ConnectionError:  # the reader has gone
        log.debug("relay.events_reader_gone")
    finally:
        hub.drop(reader)
    return response
