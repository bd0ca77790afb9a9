"""Headers that every answer carries: what a page may load, use and be put into."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

OWN_USE = ("autoplay", "camera", "display-capture", "fullscreen", "microphone", "screen-wake-lock")
NO_USE = (
    "accelerometer",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "midi",
    "payment",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "serial",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
YEAR_S = 31_536_000


def content_policy(origins: Sequence[str]) -> str:
    """Return the Content-Security-Policy: nothing inline, nothing from elsewhere.

    Not every browser counts a WebSocket to the same host as 'self': ours are named.
    """
    sockets = " ".join(origin.replace("http", "ws", 1) for origin in origins)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "media-src 'self' blob:",
            f"connect-src 'self' {sockets}".rstrip(),
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def permissions() -> str:
    """Return the Permissions-Policy: our own pages' camera, microphone and screen, nothing else."""
    return ", ".join([f"{name}=(self)" for name in OWN_USE] + [f"{name}=()" for name in NO_USE])


def security_headers(origins: Sequence[str]) -> dict[str, str]:
    """Return the headers for a site that people open at these origins."""
    headers = {
        "Content-Security-Policy": content_policy(origins),
        "Permissions-Policy": permissions(),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    if all(origin.startswith("https:") for origin in origins):
        headers["Strict-Transport-Security"] = f"max-age={YEAR_S}"
    return headers


def header_signal(
    origins: Sequence[str],
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Return a handler for ``on_response_prepare``; pages are not kept unless they say so."""
    headers = security_headers(origins)

    async def prepare(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(headers)
        response.headers.setdefault("Cache-Control", "no-store")

    return prepare
