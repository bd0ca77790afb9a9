"""Sockets on loopback: batches, strangers, and datagrams of wrong sizes."""

import asyncio
import socket
import time
from collections.abc import Iterator
from ipaddress import ip_address
from select import select
from typing import Any

import pytest

from server.relay.batch import STRIDE, Letter, Outbox
from server.relay.clock import Clock
from server.relay.connection import Connection
from server.relay.dtls import Certificate
from server.relay.udp import Path, UdpPort, binds
from tests.server.relay.test_stun import request
from tests.support.waiting import eventually


class Listener:
    """Notes what is dispatched to it, as a stranger's and as a peer's."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bytes]] = []
        self.paths: list[Path] = []

    def on_stun(self, path: Path, datagram: bytes) -> None:
        self.paths.append(path)
        self.seen.append(("stun", datagram))

    def on_rtp(self, run: list[Letter]) -> None:
        self.seen += [("rtp", raw[0:length]) for _, raw, length, _, _ in run]

    def on_rtcp(self, pointer: Any, raw: Any, length: int) -> None:
        self.seen.append(("rtcp", raw[0:length]))

    def on_dtls(self, datagram: bytes) -> None:
        self.seen.append(("dtls", datagram))


class Both:
    """A port of the relay and a socket of somebody's."""

    def __init__(self, address: str) -> None:
        self.listener = Listener()
        self.clock = Clock()
        self.port = UdpPort(address, 0, self.clock, self.listener, [])
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.other = socket.socket(family, socket.SOCK_DGRAM)
        self.other.bind((address, 0))
        self.other.settimeout(5)
        self.other.connect((address, self.port.number))

    def send(self, *datagrams: bytes) -> list[tuple[str, bytes]]:
        self.listener.seen.clear()
        for datagram in datagrams:
            self.other.send(datagram)
        self.port.drain()
        return self.listener.seen

    def introduce(self) -> Path:
        """What an authenticated STUN request does."""
        self.send(b"\0\1 hello")
        path = self.listener.paths[-1]
        path.peer = self.listener
        self.port.paths[path.key] = path
        return path


@pytest.fixture(params=["127.0.0.1", "::1"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    both = Both(request.param)
    yield both
    both.other.close()
    both.port.close()


RTP, RTCP = b"\x80\x60".ljust(40, b"r"), b"\x80\xc9".ljust(40, b"c")
DTLS, STUN = b"\x16".ljust(40, b"d"), b"\0\1".ljust(40, b"s")


def test_strangers_may_only_ask(both: Both) -> None:
    assert both.send(RTP, RTCP, DTLS, STUN, b"", b"x", b"\xff" * 50) == [("stun", STUN)]
    assert both.port.dropped == 6
    assert both.port.paths == {}


def test_a_known_address_is_its_peers(both: Both) -> None:
    both.introduce()
    assert both.send(RTP, RTCP, DTLS, STUN, b"", RTP[:5]) == [
        ("rtp", RTP),
        ("rtcp", RTCP),
        ("dtls", DTLS),
        ("stun", STUN),
    ]


def test_the_largest_datagrams_do_no_harm(both: Both) -> None:
    both.introduce()
    for size in (STRIDE - 1, STRIDE, STRIDE + 1, 9000):
        for _, datagram in both.send(b"\x80\x60".ljust(size, b"x"), STUN.ljust(size, b"x")):
            assert len(datagram) <= STRIDE
    assert both.send(RTP) == [("rtp", RTP)]


def test_many_datagrams_in_one_go(both: Both) -> None:
    both.introduce()
    sent = [RTP[:12] + number.to_bytes(2) for number in range(200)]
    assert [datagram for _, datagram in both.send(*sent)] == sent


def test_a_datagram_came_when_the_kernel_got_it(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.introduce()
    arrivals: list[float] = []

    def note(run: list[Letter]) -> None:
        arrivals.extend(arrival for _, _, _, arrival, _ in run)

    monkeypatch.setattr(both.listener, "on_rtp", note)
    before = time.time()
    both.other.send(RTP)
    select([both.port.socket], [], [])  # the kernel has it: a busy one takes its time
    came = time.time()
    while time.time() < came + 0.03:  # we are busy with something else
        pass
    later = time.time()
    both.other.send(RTP)
    while len(arrivals) < 2:
        both.port.drain()
    assert before - 0.001 <= arrivals[0] <= came + 0.001
    assert later - 0.001 <= arrivals[1] <= time.time() + 0.001
    assert arrivals[1] - arrivals[0] >= 0.02


def test_a_path_leads_back(both: Both) -> None:
    path = both.introduce()
    assert path.address == both.other.getsockname()[:2]
    path.send(b"answer")
    assert both.other.recv(100) == b"answer"


def test_the_outbox_leads_back(both: Both) -> None:
    path = both.introduce()
    outbox = both.port.outbox
    for number in range(3):
        outbox.raws[number][0:5] = b"media"
        outbox.commit(5, path.name.pointer)
    outbox.flush()
    assert [both.other.recv(100) for _ in range(3)] == [b"media"] * 3
    assert (outbox.count, outbox.sent, outbox.dropped) == (0, 3, 0)


def test_a_full_outbox_is_sent(both: Both) -> None:
    path = both.introduce()
    outbox = both.port.outbox
    for _ in range(outbox.capacity + 1):
        outbox.raws[outbox.count][0:1] = b"x"
        outbox.commit(1, path.name.pointer)
    assert (outbox.count, outbox.sent) == (1, outbox.capacity)


def test_an_unreachable_address_costs_the_others_nothing(both: Both) -> None:
    good = both.introduce()
    bad = Path(both.port, good.key[:2] + b"\0\0" + good.key[4:])  # port 0
    outbox = both.port.outbox
    for number, path in enumerate((bad, good, bad, good)):
        outbox.raws[number][0:1] = b"%d" % number
        outbox.commit(1, path.name.pointer)
    outbox.flush()
    assert [both.other.recv(100) for _ in range(2)] == [b"1", b"3"]
    assert (outbox.sent, outbox.dropped) == (2, 2)


def fill(both: Both, paths: list[Path], sizes: list[int]) -> list[bytes]:
    """Put datagrams of these sizes, all different, into the outbox and send them."""
    outbox = both.port.outbox
    sent = [bytes([65 + number]) * size for number, size in enumerate(sizes)]
    for path, datagram in zip(paths, sent, strict=True):
        outbox.raws[outbox.count][0 : len(datagram)] = datagram
        outbox.commit(len(datagram), path.name.pointer)
    outbox.flush()
    return sent


SIZES = [500, 500, 500, 300, 500, 700, 700, 20, 20, 900, 1, 1100, 1100]


def test_datagrams_that_leave_as_one_come_apart(both: Both) -> None:
    path = both.introduce()
    for _ in range(2):
        sent = fill(both, [path] * len(SIZES), SIZES)
        assert [both.other.recv(2000) for _ in sent] == sent
    sent = fill(both, [path] * 50, [1400] * 50)
    assert [both.other.recv(2000) for _ in sent] == sent
    assert both.port.outbox.dropped == 0
    assert both.port.outbox.sent == 2 * len(SIZES) + 50


def test_what_is_refused_as_one_is_sent_apart(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    path = both.introduce()
    outbox = both.port.outbox
    really = outbox._sendmmsg

    def sendmmsg(descriptor: int, messages: Any, count: int, flags: int) -> int:
        if messages[0].header.vector_count > 1:
            return -1
        return int(really(descriptor, messages, 1, flags))

    monkeypatch.setattr(outbox, "_sendmmsg", sendmmsg)
    sent = fill(both, [path] * len(SIZES), SIZES)
    assert [both.other.recv(2000) for _ in sent] == sent
    assert (outbox.sent, outbox.dropped) == (len(SIZES), 0)
    bad = Path(both.port, path.key[:2] + b"\0\0" + path.key[4:])  # port 0
    sent = fill(both, [bad, bad, path], [9, 9, 9])
    assert both.other.recv(2000) == sent[2]
    assert (outbox.sent, outbox.dropped) == (len(SIZES) + 1, 2)


def test_what_follows_one_another_of_one_stream_is_one_run(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.introduce()
    runs: list[list[bytes]] = []

    def on_rtp(run: list[Letter]) -> None:
        runs.append([raw[0:length] for _, raw, length, _, _ in run])

    monkeypatch.setattr(both.listener, "on_rtp", on_rtp)
    other = RTP[:8] + b"else" + RTP[12:]
    both.send(RTP, RTP, other, RTP[:12], RTP)
    assert runs == [[RTP, RTP], [other], [RTP]]


def test_a_bug_that_a_datagram_finds_costs_its_run(
    both: Both, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    both.introduce()
    take = both.listener.on_rtp

    def on_rtp(run: list[Letter]) -> None:
        if any(raw[12:13] == b"!" for _, raw, _, _, _ in run):
            raise AssertionError
        take(run)

    monkeypatch.setattr(both.listener, "on_rtp", on_rtp)
    bad = RTP[:8] + b"else!"
    assert both.send(*[bad, RTP] * 20) == [("rtp", RTP)] * 20
    assert both.port.broken == 20
    assert len(caplog.records) == 3


async def test_who_is_retired_is_not_heard_from_that_moment(both: Both) -> None:
    connection = Connection(both.listener, (), lambda: None, lambda reason: None)
    connection.start(Certificate())
    both.send(b"\0\1 hello")
    path = connection._own(both.listener.paths[-1])
    assert both.send(RTP) == [("rtp", RTP)]
    closing = connection.close()
    assert both.send(RTP) == []
    await closing
    assert path.key not in both.port.paths


async def test_what_waits_for_an_address_goes_before_the_address_is_forgotten(both: Both) -> None:
    connection = Connection(both.listener, (), lambda: None, lambda reason: None)
    connection.start(Certificate())
    both.send(b"\0\1 hello")
    path = connection._own(both.listener.paths[-1])
    outbox = both.port.outbox
    outbox.raws[0][0:5] = b"media"
    outbox.commit(5, path.name.pointer)
    closing = connection.close()
    assert outbox.count == 0
    assert both.other.recv(100) == b"media"
    await closing


def ask(connection: Connection) -> bytes:
    """A request that is signed for this connection, and chooses the way it comes."""
    return request(connection.credentials.password, nominate=True)


class Doors:
    """Hands requests to one connection after another, whatever they name."""

    def __init__(self) -> None:
        self.connection: Connection | None = None

    def on_stun(self, path: Path, datagram: bytes) -> None:
        assert self.connection is not None
        self.connection.on_stun(path, datagram)


def connection_of(listener: Listener) -> Connection:
    return Connection(listener, (), lambda: None, lambda reason: None)


async def test_an_address_is_whose_request_came_last(both: Both) -> None:
    """An address that is forged takes nobody's way for longer than until they ask again."""
    doors = Doors()
    both.port._stranger = doors
    listeners = Listener(), Listener()
    theirs, forgers = (connection_of(listener) for listener in listeners)
    for connection, listener in ((theirs, 0), (forgers, 1), (theirs, 0)):
        doors.connection = connection
        both.send(ask(connection), RTP)
        assert listeners[listener].seen == [("rtp", RTP)], listener
        listeners[listener].seen.clear()
    await forgers.close()
    both.send(RTP)
    assert listeners[0].seen == [("rtp", RTP)]
    await theirs.close()
    assert both.port.paths == {}


async def test_too_many_addresses_of_one_take_none_of_another(both: Both) -> None:
    doors = Doors()
    both.port._stranger = doors
    listeners = Listener(), Listener()
    theirs, other = (connection_of(listener) for listener in listeners)
    for connection in (theirs, other):  # the address has changed hands
        doors.connection = connection
        both.send(ask(connection))
    doors.connection = theirs
    home = both.other.getsockname()[0]
    for _ in range(12):
        with socket.socket(both.other.family, socket.SOCK_DGRAM) as elsewhere:
            elsewhere.bind((home, 0))
            elsewhere.sendto(ask(theirs), (home, both.port.number))
            both.port.drain()
    assert len(theirs._paths) < 12
    both.send(RTP)
    assert listeners[1].seen == [("rtp", RTP)]


async def test_one_address_reaches_two_ports_by_two_ways() -> None:
    doors = Doors()
    outboxes: list[Outbox] = []
    ports = [UdpPort(f"127.0.0.{n}", 0, Clock(), doors, outboxes) for n in (1, 2)]
    listener = Listener()
    doors.connection = connection = connection_of(listener)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as browser:
        for _ in range(2):
            for port in ports:
                for datagram in (ask(connection), RTP):
                    browser.sendto(datagram, port.socket.getsockname())
                port.drain()
                assert connection.path is not None
                assert connection.path.port is port
    assert listener.seen == [("rtp", RTP)] * 4
    await connection.close()
    for port in ports:
        assert port.paths == {}
        port.close()


@pytest.mark.parametrize("both", ["127.0.0.1"], indirect=True)
async def test_a_busy_port_polls_and_goes_back_to_waiting(both: Both) -> None:
    loop = asyncio.get_running_loop()
    both.introduce()
    both.port.listen(loop)
    both.listener.seen.clear()
    for round_ in range(3):
        wanted = 100 * (round_ + 1)
        for _ in range(100):
            both.other.send(RTP)
            await asyncio.sleep(0)
        await eventually(lambda: len(both.listener.seen) == wanted)  # noqa: B023
        await eventually(lambda: both.port._timer is None)


@pytest.mark.parametrize(
    ("announced", "bound"),
    [
        (["127.0.0.1"], ["127.0.0.1"]),
        (["127.0.0.1", "::1"], ["127.0.0.1", "::1"]),
        (["203.0.113.9"], ["0.0.0.0"]),
        (["127.0.0.1", "203.0.113.9", "::1"], ["0.0.0.0", "::1"]),
    ],
)
def test_what_is_bound(announced: list[str], bound: list[str]) -> None:
    assert binds([ip_address(address) for address in announced]) == bound
