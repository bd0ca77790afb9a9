"""The CSV files of a district: their columns and what each may hold."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from signaling.rights import Role

Rule = Callable[[str], object]
"""Turns a cell's text into a value, or raises ValueError with the reason in Chinese."""

_PHONE = re.compile(r"[0-9+() -]{3,20}")
_SEPARATORS = re.compile(r"[\s、，,;；]+")
_CODE = re.compile(r"[A-Za-z0-9._-]+")


def text(most: int, *, empty: bool = False) -> Rule:
    """Return a rule for a text of at most ``most`` characters."""

    def rule(cell: str) -> str:
        if not cell and not empty:
            raise ValueError("不能为空")
        if len(cell) > most:
            raise ValueError(f"最多 {most} 个字，这里有 {len(cell)} 个")
        if any(char < " " and char not in "\n\t" for char in cell):
            raise ValueError("含有看不见的控制字符")
        return cell

    return rule


def code(most: int, *, empty: bool = False) -> Rule:
    """Return a rule for a code: letters, digits, point, hyphen, underscore."""
    fits = text(most, empty=empty)

    def rule(cell: str) -> object:
        if cell and not _CODE.fullmatch(cell):
            raise ValueError("只能用英文字母、数字、点、横线和下划线")
        return fits(cell)

    return rule


def username(cell: str) -> object:
    """Accept a user name; upper and lower case are the same person."""
    return code(40)(cell.casefold())


def phone(cell: str) -> str:
    """Accept a telephone number, or none."""
    if cell and not _PHONE.fullmatch(cell):
        raise ValueError("不是电话号码（只能有数字、空格、+、-、括号，3 到 20 位）")
    return cell


def yes(cell: str) -> bool:
    """Accept yes or 是; empty, no or 否 is no."""
    if cell.casefold() in ("", "no", "否"):
        return False
    if cell.casefold() in ("yes", "是"):
        return True
    raise ValueError("请填 yes（是）或 no（否），也可留空")


def active(cell: str) -> bool:
    """Accept whether an account may sign in: empty is yes."""
    return yes(cell or "yes")


def words(most: int, each: int) -> Rule:
    """Return a rule for a few short words: at most ``most``, of ``each`` characters."""

    fits = text(2 * most * (each + 1), empty=True)

    def rule(cell: str) -> str:
        found = list(dict.fromkeys(_SEPARATORS.split(cell.strip()))) if cell.strip() else []
        if len(found) > most:
            raise ValueError(f"最多 {most} 项，这里有 {len(found)} 项")
        if any(len(word) > each for word in found):
            raise ValueError(f"每项最多 {each} 个字，几项之间用空格或顿号隔开")
        fits(cell)
        return " ".join(found)

    return rule


def number(cell: str) -> int:
    """Accept a whole number for sorting; empty is 0."""
    if not cell:
        return 0
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 6):
        raise ValueError("请填一个 0 到 999999 的整数")
    return int(cell)


def day(cell: str) -> date:
    """Accept a date, YYYY-MM-DD."""
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError("请按 2026-01-31 的样子填日期") from None


def role(cell: str) -> Role:
    """Accept the role of somebody who signs in."""
    if cell not in (Role.MEDIATOR, Role.LAWYER, Role.ADMIN, Role.SUPERVISOR):
        raise ValueError(
            "请填 mediator（调解员）、lawyer（律师）、admin（管理员）或 supervisor（督导）"
        )
    return Role(cell)


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its rule; an ``optional`` one that the file leaves out is empty cells."""

    name: str
    rule: Rule
    optional: bool = False


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its columns, and the one that names a row."""

    columns: tuple[Column, ...]
    key: str


FILES: Mapping[str, FileKind] = MappingProxyType(
    {
        "stations.csv": FileKind(
            (
                Column("code", code(20)),
                Column("name", text(60)),
                Column("town", text(40)),
                Column("phone", phone, optional=True),
                Column("centre", yes, optional=True),
            ),
            "code",
        ),
        "villages.csv": FileKind(
            (Column("code", code(20)), Column("station", code(20)), Column("name", text(60))),
            "code",
        ),
        "matters.csv": FileKind(
            (
                Column("code", code(32)),
                Column("name", text(40)),
                Column("parent", code(32, empty=True), optional=True),
                Column("position", number, optional=True),
            ),
            "code",
        ),
        "notices.csv": FileKind(
            (
                Column("version", code(32)),
                Column("title", text(80)),
                Column("body", text(20_000)),
                Column("in_force_from", day),
            ),
            "version",
        ),
        "people.csv": FileKind(
            (
                Column("username", username),
                Column("name", text(40)),
                Column("role", role),
                Column("station", code(20, empty=True), optional=True),
                Column("firm", text(80, empty=True), optional=True),
                Column("licence_no", text(40, empty=True), optional=True),
                Column("phone", phone, optional=True),
                Column("matters", words(6, 32), optional=True),
                Column("languages", words(6, 12), optional=True),
                Column("active", active, optional=True),
            ),
            "username",
        ),
    }
)
"""Every file, in the order in which they are written."""
