"""Janus (the videoroom plugin) spoken to as its own clients do: JSON over a WebSocket.

A participant has two connections there, one that publishes and one that subscribes.
"""

import asyncio
import contextlib
import re
import secrets
from pathlib import Path
from typing import Any

import aiohttp

from server.relay import stun
from tests.bench.relay.media import Participant
from tests.server.relay.light_client import LightClient
from tests.server.relay.offers import ABS_SEND_TIME, AUDIO_LEVEL, MID, OPUS, TRANSPORT_CC, VP8

_PATIENCE_S, _AGAIN_S = 20.0, 0.1
_BINDING_REQUEST = b"\x00\x01"
_CREDENTIALS = stun.Credentials("abcd", "0123456789012345678901")
_EXTENSIONS = (
    f"a=extmap:{AUDIO_LEVEL} urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    f"a=extmap:{ABS_SEND_TIME} http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    f"a=extmap:{TRANSPORT_CC} http://www.ietf.org/id/"
    "draft-holmer-rmcat-transport-wide-cc-extensions-01",
    f"a=extmap:{MID} urn:ietf:params:rtp-hdrext:sdes:mid",
)
_CODECS = {
    "audio": [f"a=rtpmap:{OPUS} opus/48000/2", f"a=rtcp-fb:{OPUS} transport-cc"],
    "video": [
        f"a=rtpmap:{VP8} VP8/90000",
        *(f"a=rtcp-fb:{VP8} {kind}" for kind in ("transport-cc", "ccm fir", "nack", "nack pli")),
    ],
}


class Refused(Exception):
    """Janus says no; the message is its own."""


class Signalling:
    """One connection to Janus, and one Janus session on it."""

    def __init__(self, path: Path) -> None:
        self._http = aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path)))
        self._stack = contextlib.AsyncExitStack()
        self._session: int | None = None

    async def open(self) -> None:
        """Begin a session. To be called first."""
        http = await self._stack.enter_async_context(self._http)
        connecting = http.ws_connect("http://janus/", protocols=["janus-protocol"])
        self._socket = await self._stack.enter_async_context(connecting)
        self._session = (await self._ask({"janus": "create"}))["data"]["id"]

    async def close(self) -> None:
        await self._stack.aclose()

    async def attach(self) -> int:
        """Make a handle of the videoroom plugin: one peer connection."""
        reply = await self._ask({"janus": "attach", "plugin": "janus.plugin.videoroom"})
        handle: int = reply["data"]["id"]
        return handle

    async def message(
        self, handle: int, body: dict[str, Any], kind: str = "", sdp: str = ""
    ) -> str:
        """Send a request of the plugin; return the SDP of the answer, if it has one."""
        request = {"janus": "message", "handle_id": handle, "body": body}
        if sdp:
            request["jsep"] = {"type": kind, "sdp": sdp}
        reply = await self._ask(request)
        error = reply.get("plugindata", {}).get("data", {}).get("error")
        if error:
            raise Refused(error)
        found: str = reply.get("jsep", {}).get("sdp", "")
        return found

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        request["transaction"] = transaction = secrets.token_hex(8)
        if self._session is not None:
            request["session_id"] = self._session
        await self._socket.send_json(request)
        while True:  # news come in between, and "ack" before an answer that takes its time
            reply: dict[str, Any] = await self._socket.receive_json(timeout=_PATIENCE_S)
            if reply.get("transaction") == transaction and reply["janus"] != "ack":
                break
        if reply["janus"] == "error":
            raise Refused(reply["error"]["reason"])
        return reply


class JanusClient(LightClient):
    """Answers connectivity checks too: libnice sends them although it is told to be lite."""

    def _receive(self, raw: Any, length: int) -> None:
        super()._receive(raw, length)
        if raw[0:2] == _BINDING_REQUEST:
            answer = stun.answer(raw[0:length], _CREDENTIALS, self.socket.getpeername())
            if answer is not None:
                self.send_raw(answer.response)


class JanusRooms:
    """Opens rooms at one Janus (a load's Rooms)."""

    def __init__(self, path: Path, recordings: Path) -> None:
        self._path = path
        self._recordings = recordings
        self._opened: list[Signalling] = []  # one a room: rooms open side by side

    async def open(self) -> None:
        """Nothing to be said before the first room."""

    async def close(self) -> None:
        for janus in self._opened:
            await janus.close()

    async def open_room(self) -> list[Participant]:
        """One recorded room with two participants, each of whom receives the other."""
        janus = Signalling(self._path)
        self._opened.append(janus)
        room = len(self._opened)
        await janus.open()
        create = {"request": "create", "room": room, "publishers": 2, "record": True}
        codecs = {"audiocodec": "opus", "videocodec": "vp8", "rec_dir": str(self._recordings)}
        await janus.message(await janus.attach(), create | codecs)
        publishers = [await self._publish(janus, room, place + 1) for place in range(2)]
        receivers = [await self._subscribe(janus, room, 2 - place) for place in range(2)]
        return [Participant(*pair) for pair in zip(publishers, receivers, strict=True)]

    async def _publish(self, janus: Signalling, room: int, feed: int) -> LightClient:
        handle = await janus.attach()
        who = {"request": "join", "ptype": "publisher", "room": room, "id": feed}
        await janus.message(handle, who)
        client = JanusClient((feed * 10 + 1, feed * 10 + 2, 0))

        async def join(offer: str) -> str:
            sdp = _describe(_fingerprint(offer), _port(client), client.ssrcs)
            return await janus.message(handle, {"request": "publish"}, "offer", sdp)

        await client.connect(join)
        return client

    async def _subscribe(self, janus: Signalling, room: int, feed: int) -> LightClient:
        handle = await janus.attach()
        client = JanusClient()
        request = {"request": "join", "ptype": "subscriber", "room": room}

        async def join(offer: str) -> str:
            theirs = await _once_known(janus, handle, request | {"streams": [{"feed": feed}]})
            ours = _describe(_fingerprint(offer), _port(client), None)
            await janus.message(handle, {"request": "start"}, "answer", ours)
            return theirs

        await client.connect(join)
        return client


async def _once_known(janus: Signalling, handle: int, request: dict[str, Any]) -> str:
    """Subscribe; a busy Janus takes a moment until it knows of what was just published."""
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            try:
                return await janus.message(handle, request)
            except Refused as refused:
                if "No such feed" not in str(refused):
                    raise
            await asyncio.sleep(_AGAIN_S)


def _fingerprint(offer: str) -> str:
    found = re.search(r"a=fingerprint:\S+ \S+", offer)
    assert found is not None
    return found[0]


def _port(client: LightClient) -> int:
    client.socket.bind(("", 0))
    port: int = client.socket.getsockname()[1]
    return port


def _describe(fingerprint: str, port: int, ssrcs: tuple[int, ...] | None) -> str:
    """An offer of microphone and camera with ``ssrcs``, or the answer to one without."""
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
    for mid, (kind, number) in enumerate((("audio", OPUS), ("video", VP8))):
        lines += [f"m={kind} 9 UDP/TLS/RTP/SAVPF {number}", "c=IN IP4 127.0.0.1"]
        lines += [
            f"a=ice-ufrag:{_CREDENTIALS.ufrag}",
            f"a=ice-pwd:{_CREDENTIALS.password}",
            fingerprint,
        ]
        lines += ["a=setup:active", f"a=mid:{mid}", "a=rtcp-mux", *_EXTENSIONS, *_CODECS[kind]]
        lines.append("a=recvonly" if ssrcs is None else "a=sendonly")
        if ssrcs is not None:
            lines += [f"a=msid:s t{mid}", f"a=ssrc:{ssrcs[mid]} cname:me"]
        lines += [f"a=candidate:1 1 udp 2113937151 127.0.0.1 {port} typ host"]
        lines += ["a=end-of-candidates"]
    return "\r\n".join(lines) + "\r\n"
