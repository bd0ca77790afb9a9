"""What production is started with must be what exists and what the tests run."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.deploy.healthy import relay_healthy
from server.settings import SETTINGS
from tests.architecture.source import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf8")
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_the_processes_are_there() -> None:
    assert set(OURS) == {"web", "relay", "jobs", "migrate"}


def test_the_image_runs_the_command_line_of_the_tests() -> None:
    assert 'ENTRYPOINT ["python", "-m", "server"]' in DOCKERFILE


@pytest.mark.parametrize("name", OURS)
def test_each_container_runs_a_real_command(name: str) -> None:
    answer = run(sys.executable, "-m", "server", *OURS[name]["command"], "--help")
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("name", OURS)
def test_each_setting_in_compose_exists(name: str) -> None:
    known = {setting.name for setting in SETTINGS}
    named = {key for key in OURS[name]["environment"] if key.startswith("YUNTIAO_")}
    assert named
    assert named <= known


def test_every_setting_can_be_set_for_the_containers() -> None:
    """What Compose does not hand over would be ignored without a word."""
    only_in_one = {"YUNTIAO_HOST", "YUNTIAO_PORT", "YUNTIAO_PROXIES", "YUNTIAO_RELAY_ADDRESSES"}
    only_in_one.add("YUNTIAO_RELAY_CONTROL")
    follows_from_another = {"YUNTIAO_RECORDINGS"}
    every = {setting.name for setting in SETTINGS} - follows_from_another
    assert set(COMPOSE["x-settings"]) == every - only_in_one
    assert only_in_one <= {name for one in OURS.values() for name in one["environment"]}


@pytest.mark.parametrize("name", ["web", "jobs"])
def test_who_calls_other_hosts_can_reach_them(name: str) -> None:
    """A store, a time-stamping authority, relays elsewhere."""
    networks = COMPOSE["networks"]
    assert any(not (networks[one] or {}).get("internal") for one in OURS[name]["networks"])


def test_compose_asks_for_no_name_the_example_lacks() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf8")
    asked = set(re.findall(r"\$\{(\w+)", text))
    example = (ROOT / "server/deploy/env.example").read_text(encoding="utf8")
    assert asked == set(re.findall(r"^(\w+)=", example, re.MULTILINE))


def test_every_volume_and_file_that_is_mounted_exists() -> None:
    for service in COMPOSE["services"].values():
        for mount in service.get("volumes", []):
            source = re.sub(r"^\$\{\w+:-(\w+)\}", r"\1", mount).partition(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file(), mount


def test_what_the_image_copies_exists_and_reaches_the_builder() -> None:
    sources = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    let_in = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf8").splitlines()
        if line.startswith("!")
    }
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source.split("/")[0] in let_in, source


def test_caddy_accepts_its_file() -> None:
    caddyfile = ROOT / "server/deploy/Caddyfile"
    answer = run("caddy", "validate", "--adapter", "caddyfile", "--config", caddyfile)
    assert answer.returncode == 0, answer.stdout


def test_compose_accepts_its_file_and_refuses_empty_secrets() -> None:
    answer = run(ROOT / "tests/support/check_compose.sh")
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(("status", "exit_code"), [(200, 0), (503, 1)])
async def test_the_probe_of_containers(status: int, exit_code: int) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/healthz", answer)
    async with TestServer(app) as server:
        probe = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "server.deploy.healthy",
            str(server.make_url("/healthz")),
            cwd=ROOT,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await probe.communicate()
    assert probe.returncode == exit_code, said


async def test_the_probe_of_a_relay_with_a_control_port() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=200 if request.headers["Authorization"] == "Bearer t" else 401)

    app = web.Application()
    app.router.add_get("/healthz", answer)
    async with TestServer(app) as server:
        control = f"tcp:127.0.0.1:{server.port}"
        assert await asyncio.to_thread(relay_healthy, control, "t")
        assert not await asyncio.to_thread(relay_healthy, control, "another")
    assert not await asyncio.to_thread(relay_healthy, control, "t"), "it has gone"
