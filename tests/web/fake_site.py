"""The app pages from their real shells and under the real headers, with a service that is faked.

`python -m tests.web.fake_site PORT` serves them for looking at: /terminal?view=room,
/desk?view=ringing, … (the names are in fake/views.js).
"""

import asyncio
import io
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import segno
from aiohttp import web
from PIL import Image

from server.web.assets import Asset, Assets
from server.web.headers import header_signal
from server.web.rendering import Renderer
from signaling.rights import Role
from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]
FAKE = Path(__file__).parent / "fake"
STATION = "青禾镇公共法律服务工作站"
NAMES = (
    "婚姻家庭纠纷",
    "邻里纠纷",
    "房屋宅基地纠纷",
    "合同纠纷",
    "生产经营纠纷",
    "损害赔偿纠纷",
    "山林土地纠纷",
    "征地拆迁纠纷",
    "环境污染纠纷",
    "拖欠农民工工资",
    "其他劳动争议",
    "旅游纠纷",
    "电子商务纠纷",
    "其他消费纠纷",
    "医疗纠纷",
    "道路交通事故纠纷",
    "物业纠纷",
    "其他纠纷",
)
VALUE: dict[str, object] = {
    "integrity": "4f1d9c07" * 8,
    "groups": ["4f1d9c07"] * 8,
    "number": "20261123-000042",
    "sealed_at": 1_795_399_200_000,
}
PEOPLE = {
    "terminal": ("赵春山", Role.MEDIATOR),
    "desk": ("林知远", Role.LAWYER),
    "guest": ("王小河", Role.PARTY),
}


def boot(page: str) -> dict[str, object]:
    """What the shell of a page is given."""
    name, role = PEOPLE[page]
    station = {"name": STATION, "phone": "0374-5550101"} if role is Role.MEDIATOR else None
    return {
        "csrf": "c" * 32,
        "me": {"id": "0" * 32, "name": name, "role": role.value, "station": station},
        "matters": [{"code": f"{n:02}", "name": name} for n, name in enumerate(NAMES, 1)],
        "notice": {
            "version": "2026-01",
            "title": "权利义务告知书",
            "body": "一、今天做什么\n" * 30,
        },
        "hotline": "12348",
        "languages": ["豫北话", "手语"],
    }


def application(origin: str) -> web.Application:
    """Build the site."""
    assets = Assets(ROOT / "web/static", ROOT / "web/node_modules")
    renderer = Renderer(ROOT / "web/templates", assets, {"hotline": "12348", "demo": True})

    async def page(request: web.Request) -> web.Response:
        name = request.match_info["page"]
        return renderer.page(f"{name}.html", me=None, boot=boot(name))

    async def join(_request: web.Request) -> web.StreamResponse:
        return renderer.page("join.html")

    async def vendor(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        fake = FAKE / name
        return web.FileResponse(fake) if fake.is_file() else _serve(assets.vendor(name))

    async def static(request: web.Request) -> web.Response:
        return _serve(assets.static(request.match_info["name"]))

    async def check_in(_request: web.Request) -> web.Response:
        now = round(time.time() * 1000)
        known = {"now": now, "ice_servers": [], "tested_today": True, "wrong": []}
        return web.json_response(known)

    async def integrity(_request: web.Request) -> web.Response:
        return web.json_response(VALUE | {"check": f"{origin}/check?value={VALUE['integrity']}"})

    async def code(_request: web.Request) -> web.Response:
        image = io.BytesIO()
        segno.make(f"{origin}/check?value={VALUE['integrity']}").save(image, kind="svg")
        return web.Response(body=image.getvalue(), content_type="image/svg+xml")

    async def slots(_request: web.Request) -> web.Response:
        # Tomorrow from nine on, in China, with two lawyers.
        nine = (int(time.time() + 8 * 3600) // 86400 + 1) * 86400 + 3600
        lawyers = ({"id": "0" * 32, "name": "林知远"}, {"id": "9" * 32, "name": "苏文清"})
        items = [
            {"starts_at": (nine + day * 86400 + half * 1800) * 1000, "lawyer": who}
            for day in range(14)
            for half in range(6)
            for who in lawyers
        ]
        return web.json_response({"items": items})

    async def callable_stations(_request: web.Request) -> web.Response:
        station = {"id": "5" * 32, "name": STATION, "busy": False, "unattended": True}
        return web.json_response({"items": [station | {"online": True}]})

    async def photo(request: web.Request) -> web.Response:
        size = (320, 240) if request.path.endswith("/small") else (1200, 900)
        return web.Response(body=picture_of(size), content_type="image/jpeg")

    async def keep(_request: web.Request) -> web.Response:
        return web.json_response({}, status=201)

    app = web.Application()
    app.router.add_get("/api/sessions/{session}/photos/{photo}", photo)
    app.router.add_get("/api/sessions/{session}/photos/{photo}/small", photo)
    app.router.add_put("/api/sessions/{session}/photos/{photo}", keep)
    app.router.add_get("/api/appointments/slots", slots)
    app.router.add_get("/api/stations/callable", callable_stations)
    app.router.add_post("/api/terminal/check-in", check_in)
    app.router.add_get("/api/terminal/sessions/{session}/integrity", integrity)
    app.router.add_get("/api/terminal/sessions/{session}/integrity.svg", code)
    app.on_response_prepare.append(header_signal([origin]))
    app.router.add_get("/{page:terminal|desk|guest}", page)
    app.router.add_get("/join", join)
    app.router.add_get("/vendor/{name}", vendor)
    app.router.add_get("/static/{name:.+}", static)
    return app


def picture_of(size: tuple[int, int]) -> bytes:
    """A photo of nothing in particular: a wall, a ditch and the sky."""
    wide, high = size
    made = Image.new("RGB", size, "#8fb3d4")
    made.paste("#b9a68a", (0, high // 3, wide * 2 // 3, high))
    made.paste("#5d6b4e", (wide * 2 // 3, high // 2, wide, high))
    out = io.BytesIO()
    made.save(out, "JPEG")
    return out.getvalue()


def _serve(asset: Asset | None) -> web.Response:
    if asset is None:
        raise web.HTTPNotFound
    return web.Response(body=asset.content, content_type=asset.content_type, charset="utf-8")


@asynccontextmanager
async def fake_site(port: int | None = None) -> AsyncIterator[str]:
    """Serve the site on loopback; yields its origin."""
    port = port or free_port()
    origin = f"http://localhost:{port}"
    runner = web.AppRunner(application(origin))
    await runner.setup()
    try:
        await web.TCPSite(runner, "localhost", port).start()
        yield origin
    finally:
        await runner.cleanup()


async def _serve_for_ever(port: int) -> None:
    async with fake_site(port) as origin:
        print(f"{origin}/terminal  {origin}/desk  {origin}/guest")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve_for_ever(int(sys.argv[1])))
