"""Who may import what. The layers themselves stand in pyproject.toml for import-linter."""

import fnmatch
import sys
import tomllib
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.source import PACKAGES, ROOT, Module, modules

# One owner for each library: where it may be imported.
OWNERS = {
    "aioice": ("server.relay", "server.relay.*"),
    "aiortc": ("server.relay", "server.relay.*"),
    "alembic": ("server.storage.*",),
    "PIL": ("server.photos.decoding",),
    "av": ("recordings.*",),
    "obstore": ("server.archive.store",),
    "pylibsrtp": ("server.relay", "server.relay.*"),
    "sqlalchemy": ("server.storage", "server.storage.*", "server.*.repository*"),
}
# What a pure core has no use for: time, chance, files and the network reach it as arguments.
IMPURE = {
    "asyncio",
    "http",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "random",
    "secrets",
    "select",
    "selectors",
    "shutil",
    "signal",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
# Chosen by a URL at run time, or there to keep a transitive package at a safe version.
NEVER_IMPORTED = {"aiosqlite", "asyncpg", "hiredis", "python-engineio", "redis"}


def test_there_is_something_to_look_at() -> None:
    names = {module.name for module in modules(*PACKAGES)}
    assert {"signaling.machine", "recordings.model", "server.settings"} <= names


@pytest.mark.parametrize("module", modules("signaling"), ids=lambda module: module.name)
def test_signaling_is_pure_standard_library(module: Module) -> None:
    foreign = module.tops() - sys.stdlib_module_names - {"signaling"}
    assert not foreign
    assert not module.tops() & IMPURE


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_has_one_owner(library: str) -> None:
    users = [module.name for module in modules(*PACKAGES) if library in module.tops()]
    strangers = [
        name for name in users if not any(fnmatch.fnmatch(name, own) for own in OWNERS[library])
    ]
    assert users, f"nobody imports {library}"
    assert not strangers


def test_socketio_is_known_to_one_file() -> None:
    users = [
        module.name for module in modules(*PACKAGES) if module.tops() & {"socketio", "engineio"}
    ]
    assert len(users) == 1, users


# Ground that every feature stands on; it knows no feature. The rest below server/ are features.
GROUND = {"audit", "storage", "tasks", "web"}
# What of a feature is there for others: its doors. The rest is its own business.
DOORS = {
    "accounts": {
        "agents",
        "guests",
        "passwords",
        "service",
        "terminals",
        "throttle",
        "tokens",
        "upkeep",
    },
    "evidence": {"command", "statements"},
    "media": {"journals"},
    "photos": {"files"},
    "retention": {"errors", "repository"},
    "review": {"index_schema"},
    "roster": {"calendar", "plan"},
    "sessions": {
        "adjourning",
        "booking",
        "calling",
        "calls",
        "dividing",
        "duty",
        "handover",
        "minding",
        "repository",
        "ring",
        "room",
        "seeking",
        "service",
        "talk",
        "turn",
    },
}


def feature_of(name: str) -> str | None:
    """`sessions` for `server.sessions` and all below; None for modules beside the features."""
    words = name.split(".")
    return words[1] if len(words) > 1 and (ROOT / "server" / words[1]).is_dir() else None


def intrusions(module: Module) -> list[str]:
    """Insides of features that a module of another feature, or of the ground, imports."""
    own = feature_of(module.name)
    found = []
    for imported in module.imports():
        words = imported.split(".")
        other = feature_of(imported) if words[0] == "server" else None
        if other in {None, own, *GROUND} or len(words) < 3:
            continue
        if is_module(words[:3]) and words[2] not in DOORS.get(str(other), set()):
            found.append(imported)
    return found


def is_module(words: list[str]) -> bool:
    path = ROOT.joinpath(*words)
    return path.is_dir() or path.with_suffix(".py").is_file()


IN_PACKAGES = [module for module in modules("server") if feature_of(module.name)]


@pytest.mark.parametrize("module", IN_PACKAGES, ids=lambda module: module.name)
def test_features_keep_out_of_one_anothers_insides(module: Module) -> None:
    """`from server.other import Thing`, or a door; `server.other.part` is its own business."""
    assert not intrusions(module)


@pytest.mark.parametrize("package", sorted(GROUND))
def test_the_ground_knows_no_feature(package: str) -> None:
    # A step of the schema's history may need what a feature keeps in the database itself.
    parts = [
        module
        for module in modules(f"server/{package}")
        if not module.name.startswith("server.storage.migrations.")
    ]
    known = {feature_of(name) for part in parts for name in part.imports() if "server." in name}
    assert known <= {None, *GROUND}


def test_features_do_not_stand_on_one_another_in_a_circle() -> None:
    stands_on: dict[str, set[str]] = {}
    for module in IN_PACKAGES:
        if module.name.startswith("server.storage.migrations."):
            continue
        below = {feature_of(name) for name in module.imports() if name.startswith("server.")}
        own = str(feature_of(module.name))
        stands_on.setdefault(own, set()).update(str(name) for name in below - {None, own})
    assert list(TopologicalSorter(stands_on).static_order())


def test_every_door_is_there() -> None:
    for feature, doors in DOORS.items():
        for door in doors:
            assert is_module(["server", feature, door]), f"{feature}.{door}"


def declared_dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["cluster"]]
    return {_distribution(requirement) for requirement in wanted}


def _distribution(requirement: str) -> str:
    name = requirement.partition(";")[0]
    for end in "[=<>!~ ":
        name = name.partition(end)[0]
    return name.lower().replace("_", "-")


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    owners = packages_distributions()
    tops = {top for module in modules(*PACKAGES) for top in module.tops()}
    foreign = tops - sys.stdlib_module_names - set(PACKAGES)
    used = {_distribution(owners[top][0]) for top in foreign}
    assert used - declared_dependencies() == set()
    assert declared_dependencies() - used - NEVER_IMPORTED == set()
