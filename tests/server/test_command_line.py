"""`python -m server …`: what is done by hand."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.district.start import prepare
from server.settings import SETTINGS, load
from tests.recordings.desk import vault_in
from tests.server.house import ManualClock
from tests.support.processes import ROOT


def server(tmp_path: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("YUNTIAO_")}
    return subprocess.run(
        [sys.executable, "-m", "server", *arguments],
        env={**clean, "YUNTIAO_DATA": str(tmp_path / "data"), **settings},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_settings_lists_every_one(tmp_path: Path) -> None:
    done = server(tmp_path, "settings")
    assert done.returncode == 0
    for setting in SETTINGS:
        assert f"{setting.name}\n    {setting.meaning}" in done.stdout


def test_import_then_enrol(tmp_path: Path) -> None:
    done = server(tmp_path, "import", "server/district/demo")
    assert done.returncode == 0
    assert "villages.csv：新增 376，修改 0" in done.stdout
    (passwords,) = (tmp_path / "data").glob("new-accounts-*.txt")
    assert str(passwords) in done.stdout
    assert passwords.stat().st_mode & 0o777 == 0o600
    link = server(tmp_path, "enrol", "S07", YUNTIAO_ORIGINS="https://yuntiao.example")
    assert link.returncode == 0
    assert link.stdout.startswith("https://yuntiao.example/terminal?code=")
    unknown = server(tmp_path, "enrol", "S99")
    assert unknown.returncode == 2
    assert "S99" in unknown.stderr


def test_rescue_prints_a_new_password(tmp_path: Path) -> None:
    assert server(tmp_path, "import", "server/district/demo").returncode == 0
    done = server(tmp_path, "rescue", "Admin")
    assert done.returncode == 0
    assert len(done.stdout.strip()) == 14
    unknown = server(tmp_path, "rescue", "nobody")
    assert unknown.returncode == 2
    assert "nobody" in unknown.stderr


def test_bad_import_explains_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "stations.csv").write_text("code,name,town\nS1,,镇\n", encoding="utf-8")
    done = server(tmp_path, "import", str(tmp_path))
    assert done.returncode == 2
    assert "stations.csv 第 2 行「name」列：不能为空" in done.stderr
    assert "什么都没有导入" in done.stderr
    assert list((tmp_path / "data").glob("*.txt")) == []


@pytest.mark.parametrize(
    "settings", [{"YUNTIAO_PORT": "x"}, {"YUNTIAO_TYPO": "1"}, {"YUNTIAO_PROXIES": "caddy"}]
)
def test_wrong_setting_is_one_sentence(tmp_path: Path, settings: dict[str, str]) -> None:
    done = server(tmp_path, "migrate", **settings)
    assert done.returncode == 2
    assert next(iter(settings)) in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_migrate_makes_the_database(tmp_path: Path) -> None:
    assert server(tmp_path, "migrate").returncode == 0
    assert (tmp_path / "data" / "yuntiao.db").is_file()


def test_production_does_not_start_over_demo_accounts(tmp_path: Path) -> None:
    asyncio.run(prepare(load({"YUNTIAO_DATA": str(tmp_path / "data")}), ManualClock()))
    done = server(tmp_path, "web", YUNTIAO_MODE="production")
    assert done.returncode == 2
    assert "demo accounts" in done.stderr


def test_unknown_command_lists_the_known(tmp_path: Path) -> None:
    done = server(tmp_path, "fly")
    assert done.returncode == 2
    assert "serve" in done.stderr


def test_the_master_key_is_shown_turned_over_and_retired(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "keys"
    vault = vault_in(folder)
    key = vault.fresh("5e55")
    assert "to be rewrapped 0" in server(tmp_path, "keys", "show").stdout
    assert "wrapped anew    1" in server(tmp_path, "keys", "rotate").stdout
    assert "retired         1" in server(tmp_path, "keys", "retire").stdout
    assert vault.find("5e55", key.ident) == key
    moved = str(tmp_path / "safe.key")
    (folder / "master.key").rename(moved)
    lost = server(tmp_path, "keys", "rotate")
    assert (lost.returncode, "master key is missing" in lost.stderr) == (1, True)
    found = server(tmp_path, "keys", "show", YUNTIAO_MASTER_KEY=f"file:{moved}")
    assert (found.returncode, "data keys       1" in found.stdout) == (0, True)


@pytest.mark.parametrize("command", ["serve", "relay", "jobs"])
def test_nothing_starts_without_the_master_key_of_what_was_recorded(
    tmp_path: Path, command: str
) -> None:
    folder = tmp_path / "data" / "keys"
    vault_in(folder).fresh("5e55")
    (folder / "master.key").unlink()
    done = server(tmp_path, command)
    assert done.returncode == 2
    assert done.stderr.startswith("YUNTIAO_MASTER_KEY: The master key is missing")
    assert "encrypted with it" in done.stderr
