"""Errors to HTTP, once: JSON ``{code, message}`` below /api/, a designed page elsewhere.

What nobody foresaw is logged with an id and where it happened, never with its text, which may hold
people's words; the answer names the id.
"""

import logging
from http import HTTPStatus
from secrets import token_hex

from aiohttp import web

from server.logs import exception_details
from server.storage.engine import Away
from server.web.principal import REQUEST_ID
from server.web.rendering import RENDERER
from server.web.routes import Handler
from signaling.errors import Conflict, NotAllowed, NotFound, ProtocolError, UserError

log = logging.getLogger("yuntiao.web")


class SignInNeeded(UserError):
    """Nobody is signed in, or no longer."""

    code = "sign_in_needed"
    message = "请先登录。"


class TooManyRequests(UserError):
    """Too often, or too many at once."""

    code = "too_many_requests"
    message = "操作太频繁，请稍候再试。"


class NotReady(UserError):
    """A part of the service does not answer."""

    code = "not_ready"
    message = "服务正在启动或暂时不可用，请稍候。"


STATUS: dict[type[UserError], int] = {
    SignInNeeded: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    UserError: 422,
    TooManyRequests: 429,
    NotReady: 503,
}

PROTOCOL_STATUS = {"too_large": 413, "bad_content_type": 415, "bad_host": 421, "bad_range": 416}

HTTP_MESSAGES = {
    404: ("not_found", "没有这个页面，或它已经搬走。"),
    405: ("bad_method", "这个地址不接受这种请求。"),
    413: ("too_large", "内容太大，无法提交。"),
}


def status_of(error: UserError) -> int:
    """Return the HTTP status of the nearest listed class."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


@web.middleware
async def error_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every exception into an answer."""
    try:
        return await handler(request)
    except UserError as error:
        return answer(request, status_of(error), error.code, error.message)
    except ProtocolError as error:
        status = PROTOCOL_STATUS.get(error.code, 400)
        return answer(request, status, error.code, f"请求有误（{error.detail or error.code}）。")
    except web.HTTPException as error:
        return _of_aiohttp(request, error)
    except Away:
        return answer(request, status_of(NotReady()), NotReady.code, NotReady.message)
    except ConnectionError:
        raise  # the other side is gone: nobody reads an answer
    except Exception as error:
        return _unforeseen(request, error)


def _of_aiohttp(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400:
        raise error
    fallback = (f"http_{error.status}", "请求没有成功。")
    code, message = HTTP_MESSAGES.get(error.status, fallback)
    response = answer(request, error.status, code, message)
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _unforeseen(request: web.Request, error: Exception) -> web.Response:
    number = token_hex(4)
    ids = {"error_id": number, "request_id": request.get(REQUEST_ID, "")}
    log.error("request.broken", extra={**ids, **exception_details(error)})
    message = (
        f"系统出现意外错误，已记录（编号 {number}）。请稍后再试；如仍出现，请把编号告诉管理员。"
    )
    return answer(request, 500, "internal", message)


def answer(request: web.Request, status: int, code: str, message: str) -> web.Response:
    """Say it as JSON to programs and as a page to people."""
    if request.path.startswith("/api/"):
        return web.json_response({"code": code, "message": message}, status=status)
    renderer = request.app[RENDERER]
    phrase = HTTPStatus(status).phrase
    page = renderer.text("error.html", status=status, phrase=phrase, code=code, message=message)
    return web.Response(text=page, status=status, content_type="text/html")
