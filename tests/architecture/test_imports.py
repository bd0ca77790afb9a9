"""Who may import what. The layers themselves stand in pyproject.toml for import-linter."""

import fnmatch
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.source import PACKAGES, ROOT, Module, modules

# One owner for each library: where it may be imported.
OWNERS = {
    "aioice": ("server.relay", "server.relay.*"),
    "aiortc": ("server.relay", "server.relay.*"),
    "alembic": ("server.storage.*",),
    "av": ("recordings.*",),
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
NEVER_IMPORTED = {"aiosqlite", "asyncpg", "hiredis", "python-engineio"}


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


# Ground that every feature stands on; everything else below server/ is a feature.
GROUND = {"storage"}


def insides_of_others(module: Module) -> list[str]:
    """Submodules of other features that a feature's module imports."""
    names = {other.name for other in modules("server")}
    _, feature, *_ = [*module.name.split("."), ""]
    found = []
    for imported in module.imports():
        words = imported.split(".")
        if words[0] != "server" or len(words) < 3 or words[1] in {feature, *GROUND}:
            continue
        if any(".".join(words[:length]) in names for length in range(3, len(words) + 1)):
            found.append(imported)
    return found


@pytest.mark.parametrize(
    "module",
    [module for module in modules("server") if module.name.count(".") >= 2],
    ids=lambda module: module.name,
)
def test_features_keep_out_of_one_anothers_insides(module: Module) -> None:
    """`from server.other import Thing` is the way; `server.other.part` is its own business."""
    assert not insides_of_others(module)


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
