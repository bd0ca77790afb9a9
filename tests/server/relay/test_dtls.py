"""The contract with the insides of aiortc and pylibsrtp: a version that breaks it is told here."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiortc import rtcdtlstransport as aiortc_dtls
from pylibsrtp import Policy, Session

from server.relay.batch import Batch
from server.relay.dtls import (
    SRTP_GROWTH,
    Certificate,
    DtlsFailed,
    DtlsTransport,
    Fingerprint,
    SrtpKeys,
    srtp_protect,
    srtp_unprotect,
    without_plain_alerts,
)
from tests.server.relay.light_client import rtp_packet
from tests.support.waiting import eventually

ALERT = bytes.fromhex("15feff0000000000000001 0002 0228")
HELLO = bytes.fromhex("16feff0000000000000000 0003 010203")


class Wire:
    """A client of aiortc's and a server of ours, joined by function calls."""

    role = "controlling"

    def __init__(self) -> None:
        self.client_certificate = aiortc_dtls.RTCCertificate.generateCertificate()
        self.certificate = Certificate()
        self.inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self.server = DtlsTransport(self.certificate, self.inbox.put_nowait)
        self.client: Any = aiortc_dtls.RTCDtlsTransport(self, [self.client_certificate])  # type: ignore[arg-type]
        self.client._set_role("client")
        self.before_each = b""
        self.goodbyes = 0

    async def _recv(self) -> bytes:
        return await self.inbox.get()

    async def _send(self, datagram: bytes) -> None:
        if self.before_each:
            self.server.receive(self.before_each)
        self.server.receive(self.before_each + datagram)

    def goodbye(self) -> None:
        self.goodbyes += 1

    async def shake_hands(self, fingerprint: Fingerprint | None = None) -> SrtpKeys:
        value = self.client_certificate.getFingerprints()[0].value
        theirs = fingerprint or Fingerprint("sha-256", value)
        ours = self.certificate.fingerprint
        parameters = aiortc_dtls.RTCDtlsParameters(
            [aiortc_dtls.RTCDtlsFingerprint(ours.algorithm, ours.value)]
        )
        connecting = asyncio.create_task(self.client.start(parameters))
        try:
            async with asyncio.timeout(10):
                keys = await self.server.handshake((theirs,), self.goodbye)
                await connecting
                return keys
        finally:
            connecting.cancel()


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    wire = Wire()
    yield wire
    await wire.client.stop()
    await wire.server.close()


def through(
    keys: SrtpKeys, function: Any, session: Any, packet: bytes, batch: Batch
) -> bytes | None:
    batch.raws[0][0 : len(packet)] = packet
    keys.length[0] = len(packet)
    if function(session, batch.pointers[0], keys.length):
        return None
    done: bytes = batch.raws[0][0 : keys.length[0]]
    return done


async def test_a_handshake_gives_keys_that_fit(wire: Wire) -> None:
    keys = await wire.shake_hands()
    theirs = SrtpKeys(wire.client._rx_srtp, wire.client._tx_srtp)
    batch = Batch(1)
    packet = rtp_packet(96, 1, 2, 3, b"x" * 1100)
    protected = through(theirs, srtp_protect, theirs.send, packet, batch)
    assert protected is not None
    assert protected[12:] != packet[12:]
    assert 0 < len(protected) - len(packet) <= SRTP_GROWTH
    assert through(keys, srtp_unprotect, keys.receive, protected, batch) == packet
    assert through(keys, srtp_unprotect, keys.receive, protected, batch) is None  # a replay


async def test_rtcp_goes_both_ways(wire: Wire) -> None:
    keys = await wire.shake_hands()
    theirs = SrtpKeys(wire.client._rx_srtp, wire.client._tx_srtp)
    batch = Batch(1)
    report = b"\x80\xc9\x00\x01\x00\x00\x00\x07"
    protected = keys.protect_rtcp(report)
    assert protected is not None
    assert len(protected) - len(report) <= SRTP_GROWTH
    batch.raws[0][0 : len(protected)] = protected
    assert theirs.unprotect_rtcp(batch.pointers[0], batch.raws[0], len(protected)) == report
    assert theirs.unprotect_rtcp(batch.pointers[0], batch.raws[0], 3) is None
    assert keys.protect_rtcp(bytes(3000)) is None


async def test_the_cheapest_cipher_is_taken(wire: Wire) -> None:
    await wire.shake_hands()
    assert wire.client._ssl.get_selected_srtp_profile() == b"SRTP_AEAD_AES_128_GCM"


async def test_old_clients_get_the_cipher_they_have(wire: Wire) -> None:
    wire.client._srtp_profiles = [aiortc_dtls.SRTP_AES128_CM_SHA1_80]
    await wire.shake_hands()


async def test_another_certificate_than_the_offer_named_is_refused(wire: Wire) -> None:
    with pytest.raises(DtlsFailed):
        await wire.shake_hands(Fingerprint("sha-256", ":".join(["AB"] * 32)))


async def test_a_goodbye_is_heard(wire: Wire) -> None:
    await wire.shake_hands()
    await wire.client.stop()
    await eventually(lambda: wire.goodbyes == 1)


async def test_our_own_close_is_no_goodbye(wire: Wire) -> None:
    await wire.shake_hands()
    await wire.server.close()
    assert wire.goodbyes == 0


async def test_forged_alerts_do_not_end_a_handshake(wire: Wire) -> None:
    wire.before_each = ALERT
    await wire.shake_hands()
    wire.server.receive(ALERT)
    await asyncio.sleep(0)
    assert wire.goodbyes == 0


async def test_noise_does_not_end_a_handshake(wire: Wire) -> None:
    for noise in (b"", b"\x16", b"\x14" * 13, b"\x3f" * 40, b"\x16\xfe\xfd" + bytes(60)):
        wire.server.receive(noise)
    await wire.shake_hands()


async def test_a_flood_is_bounded(wire: Wire) -> None:
    for _ in range(1000):
        wire.server.receive(HELLO)
    assert wire.server._pipe.datagrams.qsize() <= 64


@pytest.mark.parametrize(
    ("datagram", "left"),
    [
        (ALERT, b""),
        (HELLO, HELLO),
        (HELLO + ALERT, HELLO),
        (ALERT + HELLO + ALERT + HELLO, HELLO + HELLO),
        (ALERT[:3] + b"\0\1" + ALERT[5:], ALERT[:3] + b"\0\1" + ALERT[5:]),  # it is encrypted
        (ALERT + b"\x2f unified", b"\x2f unified"),
        (b"\x16", b""),
        (b"", b""),
    ],
)
def test_which_records_are_dropped(datagram: bytes, left: bytes) -> None:
    assert without_plain_alerts(datagram) == left


def test_a_broken_packet_is_refused_by_libsrtp_and_does_no_harm() -> None:
    policy = Policy(bytes(28), Policy.SSRC_ANY_INBOUND, 0, Policy.SRTP_PROFILE_AEAD_AES_128_GCM)
    other = Policy(bytes(28), Policy.SSRC_ANY_OUTBOUND, 0, Policy.SRTP_PROFILE_AEAD_AES_128_GCM)
    keys = SrtpKeys(Session(policy), Session(other))
    batch = Batch(1)
    for size in (12, 13, 27, 28, 60, 1500):
        for first in (0x80, 0x9F, 0x90, 0xBF):
            packet = bytes([first, 96]).ljust(size, b"\xff")
            assert through(keys, srtp_unprotect, keys.receive, packet, batch) is None
