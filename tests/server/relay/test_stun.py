"""Only signed requests are believed, and nothing that strangers send costs much or raises."""

import pytest
from aioice import stun as aioice_stun
from hypothesis import given
from hypothesis import strategies as st

from server.relay.stun import Credentials, answer, local_ufrag

CREDENTIALS = Credentials("abcdef", "0123456789abcdef")
ADDRESS = ("192.0.2.7", 40000)


def request(password: str = CREDENTIALS.password, nominate: bool = False) -> bytes:
    message = aioice_stun.Message(aioice_stun.Method.BINDING, aioice_stun.Class.REQUEST)
    message.attributes = {"USERNAME": "abcdef:them", "PRIORITY": 1}
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(password.encode())
    return bytes(message)


def test_a_signed_request_is_answered() -> None:
    found = answer(request(), CREDENTIALS, ADDRESS)
    assert found is not None
    response = aioice_stun.parse_message(found.response)
    assert response.check_message_integrity(CREDENTIALS.password.encode())
    assert response.attributes["XOR-MAPPED-ADDRESS"] == ADDRESS
    assert not found.nominated


def test_nomination_is_seen() -> None:
    found = answer(request(nominate=True), CREDENTIALS, ADDRESS)
    assert found is not None
    assert found.nominated


def test_a_request_with_another_password_is_not_answered() -> None:
    assert answer(request("wrong"), CREDENTIALS, ADDRESS) is None


def test_an_unsigned_request_is_not_answered() -> None:
    message = aioice_stun.Message(aioice_stun.Method.BINDING, aioice_stun.Class.REQUEST)
    message.attributes = {"USERNAME": "abcdef:them"}
    assert answer(bytes(message), CREDENTIALS, ADDRESS) is None


def test_the_user_name_says_whose_it_is() -> None:
    assert local_ufrag(request()) == "abcdef"


@pytest.mark.parametrize(
    "datagram",
    [
        pytest.param(b"", id="empty"),
        pytest.param(request()[:40], id="cut"),
        pytest.param(request() + b"more", id="more"),
        pytest.param(b"\x01\x01" + request()[2:], id="response"),
        pytest.param(request()[:4] + b"\0\0\0\0" + request()[8:], id="no magic cookie"),
        pytest.param(bytes(2000), id="zeros"),
    ],
)
def test_what_is_no_request_is_nobodys(datagram: bytes) -> None:
    assert local_ufrag(datagram) is None


@given(st.binary(max_size=200))
def test_any_bytes(datagram: bytes) -> None:
    local_ufrag(datagram)
    assert answer(datagram, CREDENTIALS, ADDRESS) is None


@given(st.data())
def test_any_change_to_a_request(data: st.DataObject) -> None:
    changed = bytearray(request())
    position = data.draw(st.integers(0, len(changed) - 1))
    changed[position] = data.draw(st.integers(0, 255))
    local_ufrag(bytes(changed))
    answer(bytes(changed), CREDENTIALS, ADDRESS)
