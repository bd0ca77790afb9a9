"""The program's modules and what each imports, read from the source without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("signaling", "recordings", "server")


@dataclass(frozen=True)
class Module:
    name: str
    path: Path

    def imports(self) -> frozenset[str]:
        """Every name imported anywhere in it, in full: `from a import b` gives `a.b`."""
        tree = ast.parse(self.path.read_text(encoding="utf8"))
        return frozenset(name for node in ast.walk(tree) for name in _imported(node))

    def tops(self) -> frozenset[str]:
        """First words of what it imports."""
        return frozenset(name.split(".")[0] for name in self.imports())


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        if node.level:
            raise AssertionError("relative imports are not used here")
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules(*packages: str) -> list[Module]:
    """All modules of the packages, in order of name."""
    found = (path for package in packages for path in (ROOT / package).rglob("*.py"))
    return sorted((Module(_name(path), path) for path in found), key=lambda module: module.name)


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
