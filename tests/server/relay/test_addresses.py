"""Ways to the relay: both versions of IP, several addresses, one that is translated."""

import re
from pathlib import Path

from tests.server.relay.calls import running_call
from tests.support.waiting import eventually

PUBLIC = "203.0.113.9"  # for documentation: certainly not ours


async def test_ipv4_and_ipv6_meet_in_one_room(tmp_path: Path) -> None:
    async with running_call(tmp_path, "127.0.0.1", "::1") as call:
        four = await call.member(0, way=("127.0.0.1", "127.0.0.1"))
        six = await call.member(1, way=("::1", "::1"))
        await call.flows(four, six)
        await call.flows(six, four)
        for number in range(10, 13):
            six.send_video(number, keyframe=number == 10)
        await call.flows(six, four, 500)
        assert len(four.video(1)) == 3


async def test_what_comes_in_on_one_address_leaves_on_another_at_once(tmp_path: Path) -> None:
    async with running_call(tmp_path, "127.0.0.1", "::1") as call:
        four = await call.member(0, way=("127.0.0.1", "127.0.0.1"))
        six = await call.member(1, way=("::1", "::1"))
        seq = await call.flows(four, six)
        for number in range(seq, seq + 3):  # nothing comes from the other one meanwhile
            four.send_audio(number, b"alone %d" % number)
            await eventually(lambda: six.audio(0)[-1].endswith(b"alone %d" % number))  # noqa: B023


async def test_every_address_is_named_with_one_port_the_first_one_preferred(tmp_path: Path) -> None:
    async with running_call(tmp_path, "127.0.0.1", "127.0.0.2", "::1") as call:
        first = await call.member(0)
        second = await call.member(1, way=("127.0.0.2", "127.0.0.2"))
        await call.flows(first, second)
        found = re.findall(r"a=candidate:\d+ 1 udp (\d+) (\S+) (\d+)", first.client.answer)
        named = {address: int(priority) for priority, address, _ in found}
        assert list(named) == sorted(named, key=lambda one: -named[one])
        assert set(named) == {"127.0.0.1", "127.0.0.2", "::1"}
        assert len({port for _, _, port in found}) == 1


async def test_an_address_that_is_translated_on_the_way(tmp_path: Path) -> None:
    async with running_call(tmp_path, PUBLIC) as call:
        # What arrives at the public address is sent on to a local one, and back.
        one = await call.member(0, way=(PUBLIC, "127.0.0.1"))
        other = await call.member(1, way=(PUBLIC, "127.0.0.1"))
        await call.flows(one, other)
        await call.flows(other, one)
        assert "127.0.0.1" not in re.sub(r"o=.*", "", one.client.answer)
