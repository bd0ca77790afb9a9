"""CSV files: what is read, and how each bad row is explained."""

from pathlib import Path

import pytest

from server.district.reading import LARGEST, Batch, read
from server.district.start import DEMO
from signaling.rights import Role

STATIONS = "code,name,town,phone,centre\n"


def stations(tmp_path: Path, rows: str, head: str = STATIONS) -> Batch:
    path = tmp_path / "stations.csv"
    path.write_text(head + rows, encoding="utf-8")
    return read(path)


def told(batch: Batch) -> list[tuple[int, str]]:
    return [(problem.line, problem.column) for problem in batch.problems]


def test_demo_district_is_as_promised() -> None:
    batch = read(DEMO)
    assert batch.problems == []
    people = [row.values["role"] for row in batch.of("people.csv")]
    assert len(batch.of("villages.csv")) == 376
    assert len(batch.of("matters.csv")) == 18
    assert [row.values["centre"] for row in batch.of("stations.csv")].count(False) == 15
    assert people.count(Role.MEDIATOR) == 15
    assert people.count(Role.LAWYER) >= 3
    assert {Role.ADMIN, Role.SUPERVISOR} <= set(people)


@pytest.mark.parametrize("file", ["stations.csv", "villages.csv"])
def test_demo_places_say_that_they_are_made_up(file: str) -> None:
    assert all("（演示）" in row.values["name"] for row in read(DEMO).of(file))


def test_rows_know_their_lines(tmp_path: Path) -> None:
    batch = stations(tmp_path, '\nS1,"两\n行",镇,,\n\nS2,站,镇,0374-1,是\n')
    assert batch.problems == []
    assert [(row.line, row.values["code"]) for row in batch.of("stations.csv")] == [
        (3, "S1"),
        (6, "S2"),
    ]
    assert batch.of("stations.csv")[1].values["centre"] is True


def test_optional_columns_may_be_left_out_in_any_order(tmp_path: Path) -> None:
    batch = stations(tmp_path, "镇,S1,站\n", "town,code,name\n")
    assert batch.problems == []
    assert batch.of("stations.csv")[0].values["phone"] == ""


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        (",站,镇,,", "code", "不能为空"),
        ("站 一,站,镇,,", "code", "只能用"),
        ("S" * 21 + ",站,镇,,", "code", "最多 20"),
        ("S1,,镇,,", "name", "不能为空"),
        ("S1," + "站" * 61 + ",镇,,", "name", "最多 60 个字，这里有 61 个"),
        ("S1,站\x07,镇,,", "name", "控制字符"),
        ("S1,站,镇,电话,", "phone", "不是电话号码"),
        ("S1,站,镇,,maybe", "centre", "yes"),
    ],
)
def test_bad_cell_is_named(tmp_path: Path, row: str, column: str, why: str) -> None:
    (problem,) = stations(tmp_path, f"S0,好,镇,,\n{row}\n").problems
    assert (problem.line, problem.column) == (3, column)
    assert why in problem.why
    assert str(problem).startswith(f"stations.csv 第 3 行「{column}」列：")


def test_every_bad_cell_is_told_not_just_the_first(tmp_path: Path) -> None:
    batch = stations(tmp_path, ",,镇,x,\nS1,站,镇,,\nS2,站\nS1,站,镇,,\n")
    assert told(batch) == [(2, "code"), (2, "name"), (2, "phone"), (4, ""), (5, "code")]


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        ("", ["code", "name", "town"]),
        ("code,name\n", ["town"]),
        ("code,name,town,colour\n", ["colour"]),
        ("code,code,name,town\n", ["code", "code"]),
    ],
)
def test_bad_header_is_named(tmp_path: Path, head: str, columns: list[str]) -> None:
    batch = stations(tmp_path, "S1,站,镇,\n" if head else "", head)
    assert told(batch) == [(1, column) for column in columns]


def test_excel_of_a_chinese_windows(tmp_path: Path) -> None:
    path = tmp_path / "stations.csv"
    for encoding in ("gb18030", "utf-8-sig"):
        path.write_bytes((STATIONS + "S1,青禾站,镇,,\r\n").encode(encoding))
        assert read(path).of("stations.csv")[0].values["name"] == "青禾站"


def test_not_text_at_all(tmp_path: Path) -> None:
    path = tmp_path / "stations.csv"
    path.write_bytes(b"\xff\xff\xff\x00")
    assert "CSV UTF-8" in read(path).problems[0].why


def test_too_large(tmp_path: Path) -> None:
    path = tmp_path / "stations.csv"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    assert "20 MB" in read(path).problems[0].why


def test_open_quote(tmp_path: Path) -> None:
    (problem,) = stations(tmp_path, 'S1,"站,镇,,\n').problems
    assert "引号" in problem.why


def test_nothing_to_import(tmp_path: Path) -> None:
    assert "没有可以导入的文件" in read(tmp_path).problems[0].why
    assert "没有可以导入的文件" in read(tmp_path / "absent").problems[0].why
    (tmp_path / "other.csv").write_text("x")
    assert "文件名应是" in read(tmp_path / "other.csv").problems[0].why


@pytest.mark.parametrize(
    ("file", "head", "row", "column"),
    [
        ("people.csv", "username,name,role,station", "a,甲,boss,", "role"),
        ("people.csv", "username,name,role,station", "a,甲,party,", "role"),
        ("people.csv", "username,name,role,active", "a,甲,admin,perhaps", "active"),
        ("matters.csv", "code,name,position", "1,邻里,first", "position"),
        ("matters.csv", "code,name,position", "1,邻里,-1", "position"),
        ("notices.csv", "version,title,body,in_force_from", "1,题,文,2026/1/1", "in_force_from"),
        ("villages.csv", "code,station,name", "V1,,村", "station"),
    ],
)
def test_other_files(tmp_path: Path, file: str, head: str, row: str, column: str) -> None:
    path = tmp_path / file
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    assert told(read(path)) == [(2, column)]
