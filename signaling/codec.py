"""JSON values to frozen messages, bounded and strict; and back.

A message is a frozen dataclass whose fields are ``str``, ``bool``, ``int``, ``float``, an enum,
another message, ``tuple[X, ...]`` or ``X | None``; every text and tuple names its bound with
``Annotated``.
"""

import types
from collections.abc import Hashable
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from signaling.errors import ProtocolError

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Text:
    """A bound on a text: its length in characters after trimming, ``least``..``most``."""

    most: int
    least: int = 0


@dataclass(frozen=True, slots=True)
class Many:
    """A bound on a tuple: ``least``..``most`` items."""

    most: int
    least: int = 0


@dataclass(frozen=True, slots=True)
class Between:
    """A bound on a number, both ends included."""

    low: float
    high: float


def decode(kind: type[M], value: object, at: str = "") -> M:
    """Build the message ``kind`` from a JSON object.

    Raises ProtocolError ``bad_message`` naming the field; unknown fields are refused.
    """
    if not isinstance(value, dict):
        raise _bad(at, "an object is wanted")
    known = _shape(cast(Hashable, kind))
    if unknown := value.keys() - known.keys():
        raise _bad(at, f"{len(unknown)} unknown field(s)")
    return kind(**{name: _field(name, spec, value, at) for name, spec in known.items()})


def encode(message: object) -> object:
    """Turn a message into JSON values."""
    if is_dataclass(message):
        return {f.name: encode(getattr(message, f.name)) for f in fields(message)}
    if isinstance(message, tuple | list):
        return [encode(item) for item in message]
    return message.value if isinstance(message, StrEnum) else message


@cache
def _shape(kind: Any) -> dict[str, tuple[Any, Field[Any]]]:
    hints = get_type_hints(kind, include_extras=True)
    return {f.name: (hints[f.name], f) for f in fields(kind)}


def _field(name: str, spec: tuple[Any, Field[Any]], value: dict[str, object], at: str) -> object:
    hint, field = spec
    path = f"{at}.{name}" if at else name
    if name in value:
        return _value(hint, value[name], path)
    if field.default is MISSING:
        raise _bad(path, "is missing")
    return field.default


def _value(hint: Any, value: object, at: str) -> object:
    bounds: tuple[object, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        bounds = tuple(rest)
    if get_origin(hint) in (Union, types.UnionType):
        if value is None:
            return None
        return _value(
            Annotated[(_without_none(hint), *bounds)] if bounds else _without_none(hint), value, at
        )
    if get_origin(hint) is tuple:
        return _items(get_args(hint)[0], value, bounds, at)
    if isinstance(hint, type) and is_dataclass(hint):
        return decode(hint, value, at)
    return _scalar(hint, value, bounds, at)


def _without_none(hint: Any) -> Any:
    (inner,) = (arg for arg in get_args(hint) if arg is not type(None))
    return inner


def _items(item: Any, value: object, bounds: tuple[object, ...], at: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise _bad(at, "a list is wanted")
    for bound in bounds:
        if isinstance(bound, Many) and not bound.least <= len(value) <= bound.most:
            raise _bad(at, f"{bound.least}..{bound.most} items are wanted")
    return tuple(_value(item, entry, f"{at}[{n}]") for n, entry in enumerate(value))


def _scalar(kind: Any, value: object, bounds: tuple[object, ...], at: str) -> object:
    if issubclass(kind, StrEnum):
        return _enum(kind, value, at)
    if kind is str and isinstance(value, str):
        return _text(value, bounds, at)
    if kind is bool and isinstance(value, bool):
        return value
    if kind in (int, float) and isinstance(value, (int, kind)) and not isinstance(value, bool):
        return _number(kind, value, bounds, at)
    raise _bad(at, f"{kind.__name__} is wanted")


def _enum(kind: type[StrEnum], value: object, at: str) -> StrEnum:
    if isinstance(value, str) and value in kind._value2member_map_:
        return kind(value)
    raise _bad(at, "not one of the listed values")


def _text(value: str, bounds: tuple[object, ...], at: str) -> str:
    text = value.strip()
    for bound in bounds:
        if isinstance(bound, Text) and not bound.least <= len(text) <= bound.most:
            raise _bad(at, f"{bound.least}..{bound.most} characters are wanted")
    if any(_forbidden(char) for char in text):
        raise _bad(at, "has a control character")
    return text


def _forbidden(char: str) -> bool:
    # NUL breaks PostgreSQL's text, lone surrogates break UTF-8, other controls break screens.
    return (char < " " and char not in "\n\t\r") or "\ud800" <= char <= "\udfff"


def _number(kind: type[float], number: float, bounds: tuple[object, ...], at: str) -> float:
    # Beyond 2**53 a JavaScript number is no longer exact, and a huge int does not fit a float.
    if not -(2**53) <= number <= 2**53:
        raise _bad(at, "a finite number is wanted")
    value = kind(number)
    for bound in bounds:
        if isinstance(bound, Between) and not bound.low <= value <= bound.high:
            raise _bad(at, f"{bound.low}..{bound.high} is wanted")
    return value


def _bad(at: str, why: str) -> ProtocolError:
    return ProtocolError("bad_message", f"{at or 'message'} {why}")
