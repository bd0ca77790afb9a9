"""PROTOCOL.md says what the code does: every command, field, bound and code, and nothing else."""

import ast
import json
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from server.web.errors import HTTP_MESSAGES
from signaling import commands
from signaling.codec import Between, Many, Text
from signaling.commands import COMMANDS, Citation, Person
from tests.signaling.document import PROTOCOL, Rows, below, first_cells, sections
from tests.support.processes import ROOT

PARTS: dict[str, Any] = {"Person": Person, "Citation": Citation}
# Calls that put a code on the wire without being an error class.
SAYING = {"_refusal", "_bye", "ConnectionRefusedError"}
FAMILIES = {"ProtocolError", "UserError", "RelayError"}


def test_every_command_and_no_other_is_described() -> None:
    assert below(PROTOCOL, "Commands") == list(COMMANDS)
    assert below(PROTOCOL, "Parts of commands") == list(PARTS)


def test_every_field_is_described_as_it_is() -> None:
    document = sections(PROTOCOL)
    for name, route in COMMANDS.items():
        assert document[name] == _rows(route.body), name
    for name, part in PARTS.items():
        assert document[name] == _rows(part), name
    assert document["Envelope and answer"] == _rows(commands._Envelope)


def test_version_and_bounds_in_the_text() -> None:
    text = PROTOCOL.read_text("utf-8")
    assert f"version {commands.VERSION}." in text
    assert f'{{"v": {commands.VERSION},' in text


def test_every_code_is_listed_and_no_other() -> None:
    document = sections(PROTOCOL)
    listed: set[str] = set()
    for table in ("Answers to commands", "Answers over HTTP", "Answers of a relay"):
        codes = first_cells(document[table])
        assert len(codes) == len(set(codes)), table
        assert all(meaning for _, meaning in document[table])
        listed |= set(codes)
    raised = set(_raised()) | {code for code, _ in HTTP_MESSAGES.values()}
    assert raised - listed == set(), "raised but not listed"
    assert listed - raised == set(), "listed but never raised"


def test_a_code_is_found_wherever_it_is_written() -> None:
    """The collector itself: class attribute, first argument, a relay error's second argument."""
    tree = ast.parse(
        "class Late(UserError):\n    code = 'late'\n"
        "def f():\n    raise Late('later', '…')\n"
        "def g():\n    raise TooBig('a sentence', 'big')\n"
        "class TooBig(RelayError):\n    code = 'large'\n"
    )
    kinds = _error_classes([tree])
    assert set(_codes_in(tree, kinds)) == {"late", "later", "large", "big"}


# What the code says.


def _rows(message: Any) -> Rows:
    hints = get_type_hints(message, include_extras=True)
    return [(f.name, _words(hints[f.name]), _default(f)) for f in fields(message)]


def _words(hint: Any) -> str:
    bounds: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        bounds = tuple(rest)
    if get_origin(hint) in (Union, UnionType):
        (inner,) = (arg for arg in get_args(hint) if arg is not type(None))
        return f"{_words(inner)} or null"
    if get_origin(hint) is tuple:
        (bound,) = (bound for bound in bounds if isinstance(bound, Many))
        (item, *_) = get_args(hint)
        name = _words(item) if get_origin(item) is Annotated else item.__name__
        return f"list {bound.least}..{bound.most} of {name}"
    return _scalar(hint, bounds)


def _scalar(hint: Any, bounds: tuple[Any, ...]) -> str:
    if issubclass(hint, StrEnum):
        return " / ".join(hint)
    if hint is str:
        (bound,) = (bound for bound in bounds if isinstance(bound, Text))
        exact = bound.least == bound.most
        return f"text {bound.most}" if exact else f"text {bound.least}..{bound.most}"
    if hint is float:
        (reach,) = (bound for bound in bounds if isinstance(bound, Between))
        return f"number {reach.low:g}..{reach.high:g}"
    return {bool: "true / false", int: "whole number"}[hint]


def _default(field: Field[Any]) -> str:
    if field.default is MISSING:
        return "required"
    value = list(field.default) if isinstance(field.default, tuple) else field.default
    assert not is_dataclass(value)
    return f"`{json.dumps(value)}`"


# Which codes the code can say.


@cache
def _trees() -> tuple[ast.Module, ...]:
    folders = (ROOT / "server", ROOT / "signaling")
    paths = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return tuple(ast.parse(path.read_text("utf-8")) for path in paths)


def _raised() -> Iterator[str]:
    kinds = _error_classes(_trees())
    for tree in _trees():
        yield from _codes_in(tree, kinds)


def _error_classes(trees: Any) -> dict[str, str]:
    """Every error class by name, with its family."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    kinds = {name: name for name in FAMILIES}
    while True:
        found = {
            node.name: kinds[base.id]
            for node in classes
            for base in node.bases
            if isinstance(base, ast.Name) and base.id in kinds and node.name not in kinds
        }
        if not found:
            return kinds
        kinds |= found


def _codes_in(tree: ast.Module, kinds: dict[str, str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in kinds:
            yield from _class_code(node)
        elif isinstance(node, ast.Call):
            name = _called(node.func)
            position = 1 if kinds.get(name) == "RelayError" or name == "_bye" else 0
            if name in kinds or name in SAYING:
                yield from _constant(node.args[position : position + 1])


def _class_code(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            (target,) = statement.targets
            if isinstance(target, ast.Name) and target.id == "code":
                yield from _constant([statement.value])


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _constant(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
