"""Probes and metrics."""

import asyncio
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry, Counter

from server import settings
from server.app import build
from server.storage.engine import Database
from server.storage.migrate import upgrade
from server.web import health
from server.web.health import health_routes
from tests.server.house import HOST, House


async def fine() -> bool:
    return True


async def down() -> bool:
    return False


async def broken() -> bool:
    raise OSError("no route")


async def hanging() -> bool:
    await asyncio.Event().wait()
    return True


@pytest.mark.parametrize(
    ("check", "status"), [(fine, 200), (down, 503), (broken, 503), (hanging, 503)]
)
async def test_all_parts_make_it_ready(
    small_house: House, monkeypatch: pytest.MonkeyPatch, check: health.Check, status: int
) -> None:
    monkeypatch.setattr(health, "CHECK_S", 0.05)
    routes = health_routes({"database": fine, "relay": check}, CollectorRegistry())
    async with small_house.browser(routes) as browser:
        answer = await browser.get("/healthz")
        told = await answer.json()
    assert answer.status == status
    assert told["parts"]["database"] == "ready"
    assert told["ready"] is (status == 200)


async def test_ready_says_why_this_process_cannot_serve(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "CHECK_S", 0.05)
    serves = {"database_down": broken, "schema_behind": fine, "redis_down": hanging}
    routes = health_routes({}, CollectorRegistry(), serves=serves)
    async with small_house.browser(routes) as browser:
        answer = await browser.get("/readyz")
        assert answer.status == 503
        assert await answer.json() == {
            "ready": False,
            "causes": ["database_down", "redis_down"],
        }
        assert (await browser.get("/healthz")).status == 200
    async with small_house.browser(
        health_routes({"relay": down}, CollectorRegistry(), serves={"draining": fine})
    ) as browser:
        answer = await browser.get("/readyz")
        assert (answer.status, await answer.json()) == (200, {"ready": True, "causes": []})


async def test_the_real_process_says_what_it_lacks(tmp_path: Path) -> None:
    """A database that nobody has migrated; then, migrated, a process that is asked to leave."""
    chosen = settings.load({"YUNTIAO_DATA": str(tmp_path)})
    async with TestClient(TestServer(build(chosen))) as browser:

        async def causes() -> list[str]:
            told = await (await browser.get("/readyz")).json()
            return list(told["causes"])

        assert await causes() == ["schema_behind"]
        db = Database(chosen.database_url)
        await upgrade(db)
        await db.close()
        assert await causes() == []
        assert browser.server is not None
        app = browser.server.app  # type: ignore[attr-defined]
        await app.on_shutdown.send(app)
        assert await causes() == ["draining"]


async def test_metrics_are_for_direct_scrapers_only(small_house: House) -> None:
    registry = CollectorRegistry()
    Counter("calls", "Calls.", registry=registry).inc()
    async with small_house.browser(health_routes({}, registry)) as browser:
        assert "calls_total 1.0" in await (await browser.get("/metrics")).text()
        outside = {**HOST, "X-Forwarded-For": "192.0.2.1"}
        assert (await browser.get("/metrics", headers=outside)).status == 404
