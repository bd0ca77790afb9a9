"""Fixtures every test may use. The servers behind them start at the first use."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.async_api import Browser, async_playwright

from tests.support.browser import Outside, chromium
from tests.support.media import BUSY, FakeMedia, Persona, write_busy_media, write_fake_media
from tests.support.postgres import PostgresCluster, postgres_cluster
from tests.support.redis_server import redis_server
from tests.support.service import Service, running_service

# Examples measure nothing, and a busy machine is no fault: no time limit on one example.
settings.register_profile("yuntiao", deadline=None)
settings.load_profile("yuntiao")

END_TO_END = Path(__file__).parent / "e2e"

StartService = Callable[..., Awaitable[Service]]
OpenBrowser = Callable[..., Awaitable[Browser]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rounds",
        type=int,
        default=40,
        help="rounds of lawyers racing for one call, on each kind of database (default: 40)",
    )
    parser.addoption(
        "--kills",
        type=int,
        default=6,
        help="random moments at which a recorder is killed (default: 6)",
    )
    parser.addoption(
        "--model-steps",
        type=int,
        default=2000,
        help="steps that the model test of the duty desk walks (default: 2000)",
    )
    parser.addoption(
        "--model-database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="on which database it walks them (default: sqlite)",
    )
    parser.addoption(
        "--partition-seconds",
        type=float,
        default=1.0,
        help="how long databases and Redis are unreachable in the tests of it (default: 1)",
    )

    parser.addoption(
        "--schedules",
        type=int,
        default=60,
        help="random schedules in which two people who are kept apart might meet (default: 60)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives browsers or a service goes one by one; all else may go side by side."""
    for item in items:
        asked = getattr(item, "fixturenames", ())
        if END_TO_END in item.path.parents or {"open_browser", "start_service"} & set(asked):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    with postgres_cluster() as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres: PostgresCluster) -> Iterator[str]:
    """A fresh PostgreSQL database."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database: every test that asks runs on both kinds."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    with cluster.database() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis for the whole run: keep apart by prefix or channel name."""
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
async def start_service(tmp_path: Path) -> AsyncIterator[StartService]:
    """`await start_service("serve", {"YUNTIAO_…": "…"})`: healthy when it returns."""
    async with AsyncExitStack() as started:
        names: list[str] = []

        async def start(command: str = "serve", env: Mapping[str, str] | None = None) -> Service:
            names.append(command)
            folder = tmp_path / f"{command}-{len(names)}"
            folder.mkdir()
            return await started.enter_async_context(running_service(folder, command, env))

        yield start


@pytest.fixture(scope="session")
def fake_media(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Persona], FakeMedia]:
    """Files for a persona's fake camera and microphone, written once."""
    folder = tmp_path_factory.mktemp("media")
    written: dict[Persona, FakeMedia] = {}

    def media(persona: Persona) -> FakeMedia:
        if persona not in written:
            busy = persona is BUSY
            written[persona] = (
                write_busy_media(folder) if busy else write_fake_media(persona, folder)
            )
        return written[persona]

    return media


@pytest.fixture
async def open_browser(
    fake_media: Callable[[Persona], FakeMedia],
) -> AsyncIterator[OpenBrowser]:
    """`await open_browser(LAWYER)`: a Chromium whose camera and microphone are that persona's."""
    async with async_playwright() as playwright, AsyncExitStack() as opened:

        async def open_one(
            persona: Persona | None = None, outside: Outside | None = None
        ) -> Browser:
            media = fake_media(persona) if persona else None
            return await opened.enter_async_context(chromium(playwright, media, outside))

        yield open_one
