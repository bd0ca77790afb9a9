"""Settings: each has a default that works, and a wrong one is refused with what to do."""

from pathlib import Path

import pytest

from server.settings import SETTINGS, WrongSetting, load


def test_the_defaults_serve(tmp_path: Path) -> None:
    settings = load({"YUNTIAO_DATA": str(tmp_path)})
    assert settings.port == 8080
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/yuntiao.db"
    assert settings.recordings == tmp_path / "recordings"
    assert settings.relays == (settings.relay_control,)
    assert settings.origins == ("http://localhost:8080", "http://127.0.0.1:8080")
    assert "127.0.0.1" in settings.relay_addresses


def test_every_setting_says_what_it_means() -> None:
    for setting in SETTINGS:
        assert setting.name.startswith("YUNTIAO_")
        assert setting.meaning
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("YUNTIAO_PORT", "80800", "1 to 65535"),
        ("YUNTIAO_PORT", "http", "1 to 65535"),
        ("YUNTIAO_RELAY_UDP_PORT", "40015-40000", "like 40000-40015"),
        ("YUNTIAO_RELAY_UDP_PORT", "40000-", "like 40000-40015"),
        ("YUNTIAO_MODE", "prod", "demo or production"),
        ("YUNTIAO_ORIGINS", "yuntiao.example", "https://"),
        ("YUNTIAO_ORIGINS", "https://yuntiao.example/desk", "without a path"),
        ("YUNTIAO_DATABASE_URL", "mysql://x", "postgresql+asyncpg"),
        ("YUNTIAO_REDIS_URL", "http://x", "redis://"),
        ("YUNTIAO_RELAYS", "relay:7000", "tcp:HOST:PORT"),
        ("YUNTIAO_MASTER_KEY", "master.key", "file:/path"),
        ("YUNTIAO_MASTER_KEY", "file:master.key", "file:/path"),
        ("YUNTIAO_RING_SECONDS", "0", "above 0"),
        ("YUNTIAO_RING_SECONDS", "nan", "above 0"),
        ("YUNTIAO_DATA", str(Path(__file__).parent), "outside"),
    ],
)
def test_a_wrong_one_is_refused_by_name(name: str, text: str, says: str) -> None:
    with pytest.raises(WrongSetting) as refused:
        load({name: text})
    assert name in str(refused.value)
    assert says in str(refused.value)


def test_an_unknown_one_is_refused() -> None:
    with pytest.raises(WrongSetting, match="YUNTIAO_PROT"):
        load({"YUNTIAO_PROT": "8081"})


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"YUNTIAO_TURN_URLS": "turn:turn.example"}, "YUNTIAO_TURN_SECRET"),
        ({"YUNTIAO_RELAYS": "tcp:relay:7000"}, "YUNTIAO_RELAY_TOKEN"),
    ],
)
def test_settings_that_need_one_another(given: dict[str, str], missing: str) -> None:
    with pytest.raises(WrongSetting, match=missing):
        load(given)
