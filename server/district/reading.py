"""Reading CSV files into checked rows; everything that is wrong is collected."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.district.columns import FILES, Column, FileKind

LARGEST = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where: ``line`` counts from 1 as an editor does; 0: the file as a whole."""

    file: str
    line: int
    column: str
    why: str

    def __str__(self) -> str:
        """Say it in one line."""
        at = f"第 {self.line} 行" if self.line else "整个文件"
        return f"{self.file} {at}{f'「{self.column}」列' if self.column else ''}：{self.why}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row's values by column, and the line where it begins."""

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows by file name, and what is wrong with the rest."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def of(self, file: str) -> Sequence[Row]:
        """Return a file's rows; none if it was not given."""
        return self.rows.get(file, ())


def read(path: Path) -> Batch:
    """Read a folder of files, or one of them."""
    batch = Batch()
    files = [path] if path.is_file() else [path / name for name in FILES]
    present = [file for file in files if file.is_file()]
    if not present:
        known = "、".join(FILES)
        batch.problems.append(Problem(str(path), 0, "", f"这里没有可以导入的文件（{known}）"))
    for file in present:
        _read_file(file, batch)
    return batch


def read_content(name: str, content: bytes) -> Batch:
    """Read the content of one file."""
    batch = Batch()
    _read_content(name, content, batch)
    return batch


def read_form(name: str, cells: Mapping[str, str]) -> Batch:
    """Read a row of the file ``name`` that somebody filled in as a form."""
    batch = Batch()
    row = _row(name, FILES[name], list(cells), list(cells.values()), 0, batch.problems)
    batch.rows[name] = [row] if row else []
    return batch


def _read_file(path: Path, batch: Batch) -> None:
    if path.stat().st_size > LARGEST:
        batch.problems.append(Problem(path.name, 0, "", "文件超过 20 MB，请分开导入"))
        return
    _read_content(path.name, path.read_bytes(), batch)


def _read_content(name: str, content: bytes, batch: Batch) -> None:
    kind = FILES.get(name)
    if kind is None:
        batch.problems.append(Problem(name, 0, "", f"文件名应是 {'、'.join(FILES)} 之一"))
        return
    try:
        lines = _text(content).splitlines(keepends=True)
    except ValueError as wrong:
        batch.problems.append(Problem(name, 0, "", str(wrong)))
        return
    reader = csv.reader(lines, strict=True)
    try:
        _read_rows(name, kind, reader, batch)
    except csv.Error:
        batch.problems.append(Problem(name, reader.line_num, "", "引号没有配对，这一行读不下去"))


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):  # what Excel writes on a Chinese Windows
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("看不懂文件的编码，请存为“CSV UTF-8”")


def _read_rows(name: str, kind: FileKind, reader: Any, batch: Batch) -> None:
    header = [cell.strip() for cell in next(reader, [])]
    if wrong := list(_header_problems(name, kind, header)):
        batch.problems.extend(wrong)
        return
    rows = batch.rows.setdefault(name, [])
    seen: dict[object, int] = {}
    line = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = _row(name, kind, header, cells, line, batch.problems)
            if row is not None and _is_new(name, kind, row, seen, batch.problems):
                rows.append(row)
        line = reader.line_num + 1


def _header_problems(name: str, kind: FileKind, header: Sequence[str]) -> Iterator[Problem]:
    known = {column.name for column in kind.columns}
    for column in kind.columns:
        if not column.optional and column.name not in header:
            yield Problem(name, 1, column.name, "缺少这一列")
    for title in header:
        if title not in known:
            yield Problem(name, 1, title, f"没有这一列，可用的列：{'、'.join(sorted(known))}")
        elif header.count(title) > 1:
            yield Problem(name, 1, title, "这一列出现了两次")


def _row(
    name: str,
    kind: FileKind,
    header: Sequence[str],
    cells: Sequence[str],
    line: int,
    problems: list[Problem],
) -> Row | None:
    if len(cells) != len(header):
        why = f"这一行有 {len(cells)} 格，表头有 {len(header)} 格（内容里的逗号要放在引号里）"
        problems.append(Problem(name, line, "", why))
        return None
    given = dict(zip(header, (cell.strip() for cell in cells), strict=True))
    values: dict[str, object] = {}
    for column in kind.columns:
        _cell(name, column, given.get(column.name, ""), line, values, problems)
    return Row(line, values) if len(values) == len(kind.columns) else None


def _cell(
    name: str,
    column: Column,
    cell: str,
    line: int,
    values: dict[str, object],
    problems: list[Problem],
) -> None:
    try:
        values[column.name] = column.rule(cell)
    except ValueError as wrong:
        problems.append(Problem(name, line, column.name, str(wrong)))


def _is_new(
    name: str, kind: FileKind, row: Row, seen: dict[object, int], problems: list[Problem]
) -> bool:
    key = row.values[kind.key]
    first = seen.setdefault(key, row.line)
    if first != row.line:
        problems.append(Problem(name, row.line, kind.key, f"与第 {first} 行重复"))
    return first == row.line
