"""Strategies: correct messages made from their own declarations, and any JSON at all."""

from dataclasses import fields, is_dataclass
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from signaling.codec import Between, Many, Text
from signaling.commands import COMMANDS, VERSION

# What breaks programs: huge and special numbers, halves of characters, controls, look-alikes.
_NASTY_TEXT = st.sampled_from(
    ["", "\x00", "\ud800", "\udfff", " ", "\u202e", "a" * 70000, "٣", "{}"]
)
_NASTY_NUMBER = st.sampled_from(
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        10**400,
        -(10**400),
        2**53,
        2**53 + 1,
        1e308,
        -0.0,
    ]
)


def _nested(depth: int) -> object:
    value: object = 0
    for _ in range(depth):
        value = [value]
    return value


any_json: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | _NASTY_TEXT
    | _NASTY_NUMBER
    | st.sampled_from([_nested(900), {"a": _nested(900)}]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=8,
)

_PLAIN = st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp"))


def of(hint: Any, bounds: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Correct JSON values of a field's type."""
    if get_origin(hint) is Annotated:
        inner, *rest = get_args(hint)
        return of(inner, tuple(rest))
    if get_origin(hint) in (Union, UnionType):
        (inner,) = (arg for arg in get_args(hint) if arg is not type(None))
        return st.none() | of(inner, bounds)
    if get_origin(hint) is tuple:
        (many,) = (bound for bound in bounds if isinstance(bound, Many))
        return st.lists(of(get_args(hint)[0]), min_size=many.least, max_size=many.most)
    if is_dataclass(hint):
        return body(hint)
    return _scalar(hint, bounds)


def _scalar(hint: Any, bounds: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if issubclass(hint, StrEnum):
        return st.sampled_from([member.value for member in hint])
    if hint is bool:
        return st.booleans()
    if hint is str:
        (text,) = (bound for bound in bounds if isinstance(bound, Text))
        return st.text(_PLAIN, min_size=text.least, max_size=min(text.most, text.least + 50))
    (reach,) = (bound for bound in bounds if isinstance(bound, Between))
    return st.floats(reach.low, reach.high)


def body(message: Any) -> st.SearchStrategy[dict[str, Any]]:
    """A correct JSON object of a message, all fields given."""
    hints = get_type_hints(message, include_extras=True)
    return st.fixed_dictionaries({f.name: of(hints[f.name]) for f in fields(message)})


def envelope(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """A correct envelope of a command."""
    return st.fixed_dictionaries(
        {
            "v": st.just(VERSION),
            "id": st.uuids().map(str),
            "type": st.just(kind),
            "body": body(COMMANDS[kind].body),
        }
    )


def spoiled(kind: str) -> st.SearchStrategy[Any]:
    """A correct envelope in which one value, somewhere, has become any JSON."""
    return st.tuples(envelope(kind), st.randoms(use_true_random=False), any_json).map(
        lambda parts: _replace_somewhere(*parts)
    )


def _replace_somewhere(value: Any, chance: Any, new: Any) -> Any:
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key = chance.choice(sorted(value))
        return {**value, key: _replace_somewhere(value[key], chance, new)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        at = chance.randrange(len(value))
        return [*value[:at], _replace_somewhere(value[at], chance, new), *value[at + 1 :]]
    return new
