"""Reading our Markdown documents: sections and their tables."""

import re
from pathlib import Path

from tests.support.processes import ROOT

PROTOCOL = ROOT / "signaling" / "PROTOCOL.md"

Rows = list[tuple[str, ...]]


def sections(path: Path) -> dict[str, Rows]:
    """Each heading's first table, without its head: ``{heading: [(cell, …)]}``."""
    found: dict[str, Rows] = {}
    heading = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").strip("`")
            assert heading not in found, f"{heading} is there twice"
            found[heading] = []
        elif line.startswith("|"):
            found[heading].append(tuple(cell.strip() for cell in line.strip("|").split("|")))
    return {name: rows[2:] for name, rows in found.items()}


def below(path: Path, heading: str) -> list[str]:
    """The third-level headings of a second-level one."""
    text = path.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [name.strip("`") for name in re.findall(r"^### (.+)$", text, re.MULTILINE)]


def first_cells(rows: Rows) -> list[str]:
    return [row[0] for row in rows]
