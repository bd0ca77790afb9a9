"""ICE-lite: who sent this datagram? A full agent asks with a STUN binding request, signed with the
password that our answer gave it; we only ever answer, so nobody can make the relay scan or flood.
"""

import secrets
import struct
from dataclasses import dataclass

from aioice import stun

_HEADER = struct.Struct("!HHI")
_ATTRIBUTE = struct.Struct("!HH")
_BINDING_REQUEST = 0x0001
_USERNAME = 0x0006
_LONGEST = 1024  # a real request has about 100 bytes

# What aioice's parser is known to raise on hostile bytes.
_MALFORMED = (ValueError, KeyError, IndexError, struct.error)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The short-term credential of one peer connection."""

    ufrag: str
    password: str

    @classmethod
    def new(cls) -> "Credentials":
        return cls(secrets.token_hex(6), secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class Answer:
    """The signed response, and whether the browser chose this path for its media."""

    response: bytes
    nominated: bool


def local_ufrag(datagram: bytes) -> str | None:
    """Return the part of USERNAME that names one of our peers, or None if this is no request.

    Looks at lengths and one attribute only: nothing costly happens for a stranger.
    """
    if not 20 <= len(datagram) <= _LONGEST:
        return None
    kind, length, cookie = _HEADER.unpack_from(datagram)
    if kind != _BINDING_REQUEST or cookie != stun.COOKIE or length != len(datagram) - 20:
        return None
    at = 20
    while at + 4 <= len(datagram):
        name, size = _ATTRIBUTE.unpack_from(datagram, at)
        if name == _USERNAME:
            user = datagram[at + 4 : at + 4 + size].partition(b":")[0]
            return user.decode("ascii", "replace")
        at += 4 + size + -size % 4
    return None


def answer(datagram: bytes, credentials: Credentials, address: tuple[str, int]) -> Answer | None:
    """Answer a binding request that is signed with ``credentials``; None if it is not."""
    key = credentials.password.encode()
    try:
        request = stun.parse_message(datagram)
        if not request.check_message_integrity(key):
            return None
    except _MALFORMED:
        return None
    response = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.RESPONSE,
        transaction_id=request.transaction_id,
        attributes={"XOR-MAPPED-ADDRESS": address},
    )
    response.add_message_integrity(key)
    return Answer(bytes(response), "USE-CANDIDATE" in request.attributes)
