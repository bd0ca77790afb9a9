"""/healthz, /readyz and /metrics, for probes and scrapers beside the service."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest

from server.web.routes import PUBLIC, Route
from signaling.errors import NotFound

Check = Callable[[], Awaitable[bool]]
CHECK_S = 3.0


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_S):
            return await check()
    except Exception:  # whatever is wrong with it, the part is not ready
        return False


def health_routes(checks: Mapping[str, Check], registry: CollectorRegistry) -> list[Route]:
    """``checks`` by the name of the part; all of them make the service ready."""

    async def health(_request: web.Request) -> web.StreamResponse:
        passed = await asyncio.gather(*(_passes(check) for check in checks.values()))
        parts = {name: "ready" if ok else "down" for name, ok in zip(checks, passed, strict=True)}
        return web.json_response(
            {"ready": all(passed), "parts": parts}, status=200 if all(passed) else 503
        )

    async def metrics(request: web.Request) -> web.StreamResponse:
        if "X-Forwarded-For" in request.headers:
            raise NotFound  # through the proxy: for scrapers inside only
        return web.Response(body=generate_latest(registry), content_type="text/plain")

    return [
        Route("GET", "/healthz", health, PUBLIC, any_host=True),
        Route("GET", "/readyz", health, PUBLIC, any_host=True),
        Route("GET", "/metrics", metrics, PUBLIC, any_host=True),
    ]
