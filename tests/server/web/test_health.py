"""Probes and metrics."""

import asyncio

import pytest
from prometheus_client import CollectorRegistry, Counter

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


async def test_metrics_are_for_direct_scrapers_only(small_house: House) -> None:
    registry = CollectorRegistry()
    Counter("calls", "Calls.", registry=registry).inc()
    async with small_house.browser(health_routes({}, registry)) as browser:
        assert "calls_total 1.0" in await (await browser.get("/metrics")).text()
        outside = {**HOST, "X-Forwarded-For": "192.0.2.1"}
        assert (await browser.get("/metrics", headers=outside)).status == 404
