"""One line a request: ids, the route's pattern, status, time. No names, no query strings."""

import logging
from secrets import token_hex
from time import perf_counter

from aiohttp import web

from server.logs import REQUEST_HEADER, tracing, usable_id
from server.web.principal import REQUEST_ID, principal_or_none
from server.web.routes import Handler

log = logging.getLogger("yuntiao.access")


@web.middleware
async def access_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id (the proxy's, if it sent a usable one) and log how it went."""
    request[REQUEST_ID] = usable_id(request.headers.get(REQUEST_HEADER)) or token_hex(8)
    began = perf_counter()
    with tracing(request_id=request[REQUEST_ID]):
        response = await handler(request)
        if not response.prepared:
            response.headers[REQUEST_HEADER] = request[REQUEST_ID]
        _write(request, response.status, perf_counter() - began)
    return response


def _write(request: web.Request, status: int, seconds: float) -> None:
    resource = request.match_info.route.resource
    somebody = principal_or_none(request)
    details = {
        "method": request.method,
        "route": resource.canonical if resource else "-",
        "status": status,
        "ms": round(seconds * 1000, 1),
        "account_id": somebody.account_id if somebody else "",
    }
    log.info("request", extra=details)
