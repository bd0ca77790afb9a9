"""Every style sheet closes what it opens: a lost brace silently takes the rules after it along."""

import re
from pathlib import Path

import pytest

SHEETS = sorted((Path(__file__).parents[2] / "web" / "static" / "css").glob("*.css"))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_no_rule_lies_in_another(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    rules: list[str] = []
    for before, brace in re.findall(r"([^{}]*)([{}])", text):
        if brace == "}":
            assert rules, f"{sheet.name}: a brace too many after {before.strip()[-60:]!r}"
            rules.pop()
            continue
        opened = before.rpartition(";")[2].strip()
        assert all(one.startswith("@") for one in rules), (
            f"{sheet.name}: {opened!r} lies in {rules}"
        )
        rules.append(opened)
    assert not rules, f"{sheet.name}: never closed: {rules}"
