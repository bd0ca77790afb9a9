"""Every decoder: any JSON becomes a command or a ProtocolError; bounds are exact at the edge."""

import json
from dataclasses import dataclass, fields
from typing import Annotated, Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.codec import Between, Many, Text, decode, encode
from signaling.commands import (
    COMMANDS,
    AcceptCall,
    AddAdvice,
    Command,
    Person,
    RequestSession,
    SessionKind,
    decode_command,
)
from signaling.errors import ProtocolError
from signaling.rights import Action
from tests.signaling.messages import any_json, envelope, spoiled

CODES = {"bad_message", "bad_version", "unknown_command"}
ID = "0" * 32


def decoded(value: object) -> Command | str:
    """The command, or the code of the one kind of error there may be."""
    refused: ProtocolError
    try:
        return decode_command(value)
    except ProtocolError as error:
        refused = error
    assert refused.code in CODES
    assert refused.detail.isascii()
    assert len(refused.detail) < 200, "what was sent is not sent back"
    return refused.code


@given(any_json)
def test_any_json_is_a_command_or_a_protocol_error(value: object) -> None:
    decoded(value)


@pytest.mark.parametrize("kind", COMMANDS)
@given(data=st.data())
def test_a_spoiled_command_is_a_command_or_a_protocol_error(kind: str, data: st.DataObject) -> None:
    decoded(data.draw(spoiled(kind)))


@pytest.mark.parametrize("kind", COMMANDS)
@given(data=st.data())
def test_a_correct_command_goes_there_and_back(kind: str, data: st.DataObject) -> None:
    sent = data.draw(envelope(kind))
    command = decoded(json.loads(json.dumps(sent)))
    assert isinstance(command, Command), command
    assert (command.type, command.action) == (kind, COMMANDS[kind].action)
    assert encode(command.body) == sent["body"]
    assert decode(type(command.body), encode(command.body)) == command.body


@pytest.mark.parametrize("kind", COMMANDS)
def test_an_unknown_field_is_refused_everywhere(kind: str) -> None:
    envelope = {"v": 1, "id": str(uuid4()), "type": kind, "body": {"surprise": 1}}
    assert decoded(envelope) == "bad_message"


@pytest.mark.parametrize("kind", COMMANDS)
def test_what_is_required_may_not_be_missing(kind: str) -> None:
    route = COMMANDS[kind]
    needed = [f for f in fields(route.body) if f.default.__class__.__name__ == "_MISSING_TYPE"]
    result = decoded({"v": 1, "id": str(uuid4()), "type": kind})
    assert isinstance(result, str) is bool(needed)


def envelope_with(**parts: object) -> dict[str, object]:
    return {"v": 1, "id": str(uuid4()), "type": "sync", "body": {}, **parts}


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"v": 2}, "bad_version"),
        ({"v": 0}, "bad_version"),
        ({"v": "1"}, "bad_message"),
        ({"v": True}, "bad_message"),
        ({"v": 1.0}, "bad_message"),
        ({"v": None}, "bad_message"),
        ({"type": "no.such"}, "unknown_command"),
        ({"type": "Sync"}, "unknown_command"),
        ({"type": "__class__"}, "unknown_command"),
        ({"type": ""}, "bad_message"),
        ({"type": "x" * 65}, "bad_message"),
        ({"type": ["sync"]}, "bad_message"),
        ({"id": ""}, "bad_message"),
        ({"id": "g" * 32}, "bad_message"),
        ({"id": "1" * 33}, "bad_message"),
        ({"id": 1}, "bad_message"),
        ({"body": None}, "bad_message"),
        ({"body": []}, "bad_message"),
        ({"body": "x"}, "bad_message"),
        ({"extra": 1}, "bad_message"),
    ],
)
def test_wrong_envelopes(parts: dict[str, object], code: str) -> None:
    assert decoded(envelope_with(**parts)) == code


@pytest.mark.parametrize("value", [None, [], "sync", 1, b"sync", True, [envelope_with()]])
def test_an_envelope_is_an_object(value: object) -> None:
    assert decoded(value) == "bad_message"


def test_an_id_is_the_same_with_and_without_dashes_and_in_capitals() -> None:
    one = uuid4()
    ids = [str(one), one.hex, str(one).upper()]
    commands = [decoded(envelope_with(id=text)) for text in ids]
    assert {command.id for command in commands if isinstance(command, Command)} == {one.hex}


def test_the_body_may_be_left_out() -> None:
    bare = {"v": 1, "id": str(uuid4()), "type": "duty.on"}
    command = decoded(bare)
    assert isinstance(command, Command)
    assert command.action is Action.GO_ON_DUTY


# Bounds, at the edge.


def advice(**parts: object) -> object:
    try:
        return decode(AddAdvice, {"session": ID, "matter": "m", "advice": "a", **parts})
    except ProtocolError:
        return None


@pytest.mark.parametrize(
    ("name", "most", "least"),
    [("advice", 4000, 1), ("matter", 32, 1), ("bring", 1000, 0), ("next_step", 1000, 0)],
)
def test_text_is_bounded_exactly(name: str, most: int, least: int) -> None:
    assert advice(**{name: "字" * most})
    assert advice(**{name: "字" * (most + 1)}) is None
    assert advice(**{name: "字" * least})
    assert advice(**{name: f"  {'字' * most}  "}), "counted after trimming"
    if least:
        assert advice(**{name: "   "}) is None


def test_ids_have_exactly_32_characters() -> None:
    assert advice(corrects="c" * 32)
    assert advice(corrects="c" * 31) is None
    assert advice(corrects="c" * 33) is None
    assert advice(corrects=None)


@pytest.mark.parametrize(
    ("moment", "fits"),
    [
        (0, True),
        (0.0, True),
        (36000, True),
        (36000.0, True),
        (36000.001, False),
        (-0.001, False),
        (-1, False),
        (float("nan"), False),
        (float("inf"), False),
        (-float("inf"), False),
        (10**400, False),
        ("1", False),
        (True, False),
        ([1], False),
    ],
)
def test_numbers_are_bounded_exactly(moment: object, fits: bool) -> None:
    assert (advice(moment=moment) is not None) is fits


def test_a_whole_number_where_a_fraction_is_wanted_becomes_one() -> None:
    entry = advice(moment=3)
    assert isinstance(entry, AddAdvice)
    assert isinstance(entry.moment, float)


@pytest.mark.parametrize("count", range(14))
def test_lists_are_bounded_exactly(count: int) -> None:
    citations = [{"law": "民法典"}] * count
    assert (advice(legal_basis=citations) is not None) is (count <= 10)
    people = [{"name": "某", "recording": True, "lawyer_presence": True}] * count
    request = {
        "kind": "mediation",
        "matter": "m",
        "persons": people,
        "notice": "1",
        "mediator_recording": True,
    }
    if 1 <= count <= 12:
        assert decode(RequestSession, request).kind is SessionKind.MEDIATION
    else:
        with pytest.raises(ProtocolError):
            decode(RequestSession, request)


@pytest.mark.parametrize("subject", ["recording", "lawyer_presence"])
def test_what_somebody_agrees_to_has_no_default(subject: str) -> None:
    said = {"name": "某", "recording": True, "lawyer_presence": True}
    del said[subject]
    with pytest.raises(ProtocolError):
        decode(Person, said)
    with pytest.raises(ProtocolError):
        decode(AcceptCall, {"session": ID})


@pytest.mark.parametrize("char", [chr(code) for code in range(32)] + ["\ud800", "\udbff", "\udfff"])
def test_control_characters_and_half_characters_are_refused(char: str) -> None:
    fine = char in "\t\n\r"
    assert (advice(advice=f"a{char}b") is not None) is fine


@pytest.mark.parametrize("text", ["😀", "\U0010ffff", "𠮷", "\ue000", "a\u0301", "\ufeff字"])
def test_every_whole_character_is_text(text: str) -> None:
    assert advice(advice=text)


@pytest.mark.parametrize(
    "value", ["no", "Busy", "", "BUSY", " busy", None, 1, True, ["busy"], {"busy": 1}, 10**400]
)
def test_an_enum_takes_its_own_words_only(value: Any) -> None:
    sent = envelope_with(type="call.decline", body={"session": ID, "reason": value})
    assert decoded(sent) == "bad_message"


@pytest.mark.parametrize("wrong", [0, 1, "true", "false", None, [], {}])
def test_a_yes_or_no_is_neither_number_nor_word(wrong: object) -> None:
    body = {"session": ID, "microphone": wrong, "camera": True}
    assert decoded(envelope_with(type="media.show", body=body)) == "bad_message"


def test_deep_nesting_is_a_protocol_error() -> None:
    deep: object = []
    for _ in range(100_000):
        deep = [deep]
    for kind, name in (("call.decline", "reason"), ("advice.add", "legal_basis"), ("sync", "x")):
        sent = envelope_with(type=kind, body={"session": ID, name: deep})
        assert decoded(sent) == "bad_message"
    _unwind(deep)


def _unwind(deep: Any) -> None:
    """Take it apart from outside: letting go of it at once would nest just as deep."""
    while deep:
        deep = deep.pop()


def test_the_error_names_the_field_but_not_what_was_sent() -> None:
    with pytest.raises(ProtocolError) as caught:
        decode(
            AddAdvice, {"session": ID, "matter": "m", "advice": "a", "legal_basis": [{"law": 7}]}
        )
    assert caught.value.detail == "legal_basis[0].law str is wanted"


# The codec's own corners, which no command uses yet.


@dataclass(frozen=True, slots=True)
class Corner:
    numbers: Annotated[tuple[int, ...], Many(2)] = ()
    count: Annotated[int, Between(1, 9)] = 1
    maybe: Annotated[str, Text(3, 1)] | None = None


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ({}, True),
        ({"numbers": [1, 2]}, True),
        ({"numbers": [1, 2, 3]}, False),
        ({"numbers": [2**53, -(2**53)]}, True),
        ({"numbers": [2**53 + 1]}, False),
        ({"numbers": [1.5]}, False),
        ({"numbers": (1,)}, False),
        ({"count": 9}, True),
        ({"count": 10}, False),
        ({"count": 0}, False),
        ({"maybe": None}, True),
        ({"maybe": "abc"}, True),
        ({"maybe": "abcd"}, False),
        ({"maybe": ""}, False),
    ],
)
def test_corners(value: dict[str, object], fits: bool) -> None:
    if fits:
        message = decode(Corner, value)
        assert decode(Corner, encode(message)) == message
        return
    with pytest.raises(ProtocolError):
        decode(Corner, value)
