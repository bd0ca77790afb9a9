"""Headers, files and templates."""

import json
import re
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request
from yarl import URL

from server.web.addresses import client_address
from server.web.assets import Assets, MissingAssets
from server.web.headers import content_policy, security_headers
from server.web.rendering import json_for_script
from tests.server.house import HOST, Browser, House


def test_policy_lets_nothing_inline_and_nothing_foreign() -> None:
    policy = content_policy(["https://yuntiao.example"])
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "connect-src 'self' wss://yuntiao.example" in policy
    assert "media-src 'self' blob:" in policy
    assert "frame-ancestors 'none'" in policy
    assert "*" not in policy


def test_camera_and_microphone_are_ours_and_the_rest_nobodys() -> None:
    policy = security_headers(["http://localhost:8080"])["Permissions-Policy"]
    parts = dict(part.split("=") for part in policy.split(", "))
    assert parts["camera"] == parts["microphone"] == parts["display-capture"] == "(self)"
    assert parts["geolocation"] == parts["payment"] == parts["usb"] == "()"


@pytest.mark.parametrize(
    ("origins", "strict"),
    [(["https://a.example"], True), (["https://a.example", "http://localhost"], False)],
)
def test_strict_transport_only_where_all_is_https(origins: list[str], strict: bool) -> None:
    assert ("Strict-Transport-Security" in security_headers(origins)) is strict


@pytest.mark.parametrize("path", ["/login", "/api/nothing", "/static/css/tokens.css", "/nothing"])
async def test_every_answer_carries_the_headers(browser: Browser, path: str) -> None:
    headers = (await browser.get(path)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Content-Security-Policy" in headers
    assert "Permissions-Policy" in headers


async def test_pages_are_not_stored(browser: Browser) -> None:
    assert (await browser.get("/login")).headers["Cache-Control"] == "no-store"


async def test_pages_hold_no_inline_script_or_style(small_house: House, browser: Browser) -> None:
    await browser.sign_in(small_house, "admin")
    for path in ("/terminal", "/admin/stations", "/admin/audit", "/nothing"):
        page = await (await browser.get(path)).text()
        for script in re.findall(r"<script[^>]*>", page):
            assert "src=" in script or 'type="application/json"' in script
        assert "<style" not in page
        assert not re.search(r"\sstyle=|\son\w+=", page)


async def test_file_with_its_hash_is_kept_for_ever(browser: Browser) -> None:
    page = await (await browser.get("/login")).text()
    found = re.search(r'href="(/static/css/tokens\.css\?v=\w+)"', page)
    assert found
    answer = await browser.get(found[1])
    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]
    again = await browser.get("/static/css/tokens.css?v=wrong")
    assert again.headers["Cache-Control"] == "no-cache"


async def test_unchanged_file_is_304(browser: Browser) -> None:
    first = await browser.get("/static/css/tokens.css")
    asked = {**HOST, "If-None-Match": first.headers["ETag"]}
    second = await browser.get("/static/css/tokens.css", headers=asked)
    assert second.status == 304
    assert await second.read() == b""


@pytest.mark.parametrize("name", ["socket.io.js", "preact.js"])
async def test_vendor_files(browser: Browser, name: str) -> None:
    answer = await browser.get(f"/vendor/{name}")
    assert answer.status == 200
    assert answer.content_type == "text/javascript"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../package.json",
        "/static/%2e%2e/package.json",
        "/static/..%2fpackage.json",
        "/static/css/..%2f..%2f..%2fpackage.json",
        "/static/%2fetc%2fpasswd",
        "/static//etc/passwd",
        "/static/css",
        "/static/css/",
        "/static/.hidden",
        "/static/css/tokens.css%00.png",
        "/static/css\\tokens.css",
        "/vendor/..%2f..%2fpackage.json",
        "/vendor/../package.json",
        "/vendor/htm",
        "/vendor/socket.io.js.map",
    ],
)
async def test_path_tricks_find_nothing(browser: Browser, path: str) -> None:
    raw = URL(f"{browser.client.make_url('/').origin()}{path}", encoded=True)
    answer = await browser.client.session.get(raw, headers=HOST)
    assert answer.status == 404
    assert b"dependencies" not in await answer.read()


def test_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    static = tmp_path / "static"
    static.mkdir()
    (tmp_path / "secret.css").write_text("secret")
    (static / "link.css").symlink_to(tmp_path / "secret.css")
    assert Assets(static, tmp_path, {}).static("link.css") is None


def test_changed_file_gets_a_new_address(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("one")
    assets = Assets(tmp_path, tmp_path, {})
    before = assets.address("a.css")
    (tmp_path / "a.css").write_text("two!")
    assert assets.address("a.css") != before


def test_missing_package_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingAssets, match="npm ci"):
        Assets(tmp_path, tmp_path)


def test_boot_data_cannot_end_its_element() -> None:
    value = {"name": "</script><script>alert(1)</script>&amp;<!--"}
    text = json_for_script(value)
    assert "<" not in text
    assert json.loads(text) == value


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "192.0.2.1", "203.0.113.9"),
        ("10.0.0.2", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.2", "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.2", "192.0.2.1, 10.0.0.3", "192.0.2.1"),
        ("10.0.0.2", None, "10.0.0.2"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "nonsense", "nonsense"),
    ],
)
def test_forwarded_address_is_believed_from_our_proxies(
    peer: str, forwarded: str | None, client: str
) -> None:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=peer)
    assert client_address([ip_network("10.0.0.0/8")])(request) == client
