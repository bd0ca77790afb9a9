"""`make bench`: prints one figure a line, `name value unit`.

Every package below tests/bench is a group named after itself and offers
`async def run() -> list[tuple[str, float, str]]`; its figures' names start with the group's name.
`ONLY=relay` runs the groups whose figures can start so and prints those that do;
`BENCH_JSON=path` also writes `{name: value}`.
"""

import asyncio
import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import tests.bench

Figure = tuple[str, float, str]
Group = Callable[[], Awaitable[list[Figure]]]


def groups(only: str) -> dict[str, Group]:
    """The groups that can have a figure whose name starts with `only`."""
    names = [found.name for found in pkgutil.iter_modules(tests.bench.__path__) if found.ispkg]
    wanted = [name for name in sorted(names) if may_start(f"{name}.", only)]
    return {name: importlib.import_module(f"tests.bench.{name}").run for name in wanted}


def may_start(group: str, only: str) -> bool:
    return group.startswith(only) or only.startswith(group)


async def measure(group: str, run: Group, only: str) -> list[Figure]:
    figures = await run()
    strangers = [name for name, _, _ in figures if not name.startswith(f"{group}.")]
    if strangers:
        raise ValueError(f"figures of group {group} named otherwise: {', '.join(strangers)}")
    return [figure for figure in figures if figure[0].startswith(only)]


async def main() -> int:
    only = os.environ.get("ONLY", "")
    wanted = groups(only)
    if not wanted:
        print(f"no group of figures starts with {only!r}", file=sys.stderr)
        return 1
    values: dict[str, float] = {}
    for group, run in wanted.items():
        for name, value, unit in await measure(group, run, only):
            print(f"{name} {value:.6g} {unit}", flush=True)
            values[name] = value
    if path := os.environ.get("BENCH_JSON"):
        Path(path).write_text(json.dumps(values, indent=2) + "\n", encoding="utf8")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
