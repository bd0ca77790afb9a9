"""/healthz, /readyz and /metrics, for probes and scrapers beside the service."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from server.web.routes import PUBLIC, Route
from signaling.errors import NotFound

log = logging.getLogger(__name__)

Check = Callable[[], Awaitable[bool]]
Figures = Callable[[], Awaitable[Sequence[Metric]]]
"""Figures that are read when somebody asks for them."""
CHECK_S = 3.0


class _Read(Collector):
    """Figures that have just been read."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_S):
            return await check()
    except Exception:  # whatever is wrong with it, the part is not ready
        return False


async def _read(figures: Sequence[Figures]) -> CollectorRegistry:
    """Return what could be read; figures that cannot are missing, which an alert can watch."""
    registry = CollectorRegistry(auto_describe=False)
    for one in figures:
        try:
            async with asyncio.timeout(CHECK_S):
                registry.register(_Read(await one()))
        except Exception:
            log.exception("metrics.failed")
    return registry


def health_routes(
    checks: Mapping[str, Check],
    registry: CollectorRegistry,
    figures: Sequence[Figures] = (),
    serves: Mapping[str, Check] = MappingProxyType({}),
) -> list[Route]:
    """``checks`` by the name of the part; all of them make the service healthy.

    ``serves``: what this process needs to serve, by the code that /readyz says where it fails.
    ``figures`` are added to what the registry holds.
    """

    async def health(_request: web.Request) -> web.StreamResponse:
        passed = await asyncio.gather(*(_passes(check) for check in checks.values()))
        parts = {name: "ready" if ok else "down" for name, ok in zip(checks, passed, strict=True)}
        return web.json_response(
            {"ready": all(passed), "parts": parts}, status=200 if all(passed) else 503
        )

    async def ready(_request: web.Request) -> web.StreamResponse:
        passed = await asyncio.gather(*(_passes(check) for check in serves.values()))
        causes = [code for code, ok in zip(serves, passed, strict=True) if not ok]
        return web.json_response(
            {"ready": not causes, "causes": causes}, status=503 if causes else 200
        )

    async def metrics(request: web.Request) -> web.StreamResponse:
        if "X-Forwarded-For" in request.headers:
            raise NotFound  # through the proxy: for scrapers inside only
        text = generate_latest(registry) + generate_latest(await _read(figures))
        return web.Response(body=text, content_type="text/plain")

    return [
        Route("GET", "/healthz", health, PUBLIC, any_host=True),
        Route("GET", "/readyz", ready, PUBLIC, any_host=True),
        Route("GET", "/metrics", metrics, PUBLIC, any_host=True),
    ]
