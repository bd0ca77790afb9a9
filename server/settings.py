"""Settings, declared once: name, meaning, default. Each can be given as an environment variable.

A wrong one is refused at start with a sentence that says what to do.
"""

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class WrongSetting(Exception):
    """A setting cannot be used; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: ``read`` turns its text into a value or raises ValueError with the rule."""

    name: str
    default: str
    meaning: str
    read: Callable[[str], object] = str


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ValueError("a port number from 1 to 65535 is wanted")
    return int(text)


def _ports(text: str) -> range:
    first, dash, last = text.partition("-")
    try:
        ports = range(_port(first), _port(last if dash else first) + 1)
    except ValueError:
        ports = range(0)
    if not ports:
        raise ValueError("write a port number like 40000, or a range like 40000-40015")
    return ports


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 86400:
        raise ValueError("a number of seconds above 0, at most 86400, is wanted")
    return value


def _megabytes(text: str) -> int:
    if not text.isdigit() or len(text) > 9:
        raise ValueError("a number of megabytes is wanted, 0 for no limit")
    return int(text) * 1_000_000


def _archive(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme != "s3" or not parts.netloc):
        raise ValueError("write s3://BUCKET/PREFIX")
    return text


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise ValueError("a number of days is wanted, 0 for never")
    return int(text)


def _required(text: str) -> bool:
    if text not in ("off", "required"):
        raise ValueError("write off or required")
    return text == "required"


def _hour(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 3 and int(text) < 24):
        raise ValueError("an hour from 0 to 23 is wanted")
    return int(text)


def _mode(text: str) -> str:
    if text not in ("demo", "production"):
        raise ValueError("write demo or production")
    return text


def _second_factor(text: str) -> str:
    if text not in ("", "off", "optional", "required"):
        raise ValueError("write off, optional or required")
    return text


def _folder(text: str) -> Path:
    folder = Path(text).expanduser().resolve()
    package = Path(__file__).resolve().parent
    if any((parent / "pyproject.toml").is_file() for parent in (folder, *folder.parents)) and (
        package.parent in (folder, *folder.parents)
    ):
        raise ValueError("name a folder outside the program's own source folder")
    return folder


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(",", " ").split() if word)


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(word) for word in _words(text))
    except ValueError:
        raise ValueError("write addresses or networks like 10.0.0.5 172.16.0.0/12") from None


def _database(text: str) -> str:
    if text and not text.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
        raise ValueError(
            "write sqlite+aiosqlite:///… or postgresql+asyncpg://user:password@host/name"
        )
    return text


def _redis(text: str) -> str:
    if text and urlsplit(text).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("write redis://host:6379/0")
    return text


def _origins(text: str) -> tuple[str, ...]:
    for origin in (words := _words(text)):
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            raise ValueError("write origins like https://yuntiao.example, without a path")
    return words


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise ValueError("write an address like https://tsa.example/tsr")
    return text


def _master(text: str) -> str:
    kind, _, rest = text.partition(":")
    if text and not (kind == "file" and rest.startswith("/")) and not (kind == "command" and rest):
        raise ValueError("write file:/path/of/the/key or command:/path/of/a/program")
    return text


def _relay(text: str) -> tuple[str, ...]:
    for address in (words := _words(text)):
        if not address.startswith(("unix:/", "tcp:")):
            raise ValueError("write unix:/path/relay.sock or tcp:HOST:PORT")
    return words


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "YUNTIAO_MODE", "demo", "demo: made-up district; production: refuses demo accounts", _mode
    ),
    Setting("YUNTIAO_DATA", "~/.local/state/yuntiao", "folder of all data, mode 0700", _folder),
    Setting("YUNTIAO_HOST", "127.0.0.1", "address the web process listens on"),
    Setting("YUNTIAO_PORT", "8080", "port the web process listens on", _port),
    Setting(
        "YUNTIAO_ORIGINS",
        "",
        "addresses people open, space between; default this machine",
        _origins,
    ),
    Setting(
        "YUNTIAO_PROXIES",
        "127.0.0.0/8 ::1",
        "proxies in front, whose X-Forwarded-For is believed",
        _networks,
    ),
    Setting("YUNTIAO_DATABASE_URL", "", "default: SQLite in the data folder", _database),
    Setting("YUNTIAO_REDIS_URL", "", "needed for more than one web process", _redis),
    Setting(
        "YUNTIAO_RECORDINGS", "", "folder of recordings; default: recordings in the data folder"
    ),
    Setting(
        "YUNTIAO_RECORDINGS_SECOND",
        "",
        "folder on another volume, recorded to while the first fails; default: none",
    ),
    Setting(
        "YUNTIAO_RECORDINGS_RESERVE_MB",
        "500",
        "free megabytes below which no new recording begins; those that run go on, and a copy to "
        "hand on (导出) that would go below is not made",
        _megabytes,
    ),
    Setting(
        "YUNTIAO_MASTER_KEY",
        "",
        "what wraps the keys of recordings: file:/path on another volume, or command:/path of a "
        "program that asks a key service; default: a file in the data folder, which shields little",
        _master,
    ),
    Setting(
        "YUNTIAO_TSA_URL",
        "",
        "RFC 3161 time-stamping authority that countersigns every seal; default: none",
        _web_address,
    ),
    Setting(
        "YUNTIAO_RELAYS",
        "",
        "control addresses of the relays; one with * stands for as many as YUNTIAO_RELAY_UDP_PORT "
        "has ports, and those that run are found; default: one local relay",
        _relay,
    ),
    Setting(
        "YUNTIAO_RELAY_CONTROL",
        "",
        "where this relay listens for control; * becomes its UDP port; default: a local socket",
    ),
    Setting("YUNTIAO_RELAY_TOKEN", "", "secret between web and remote relays"),
    Setting(
        "YUNTIAO_RELAY_UDP_PORT",
        "40000",
        "the relay's one UDP port; of a range like 40000-40015 each takes one that is free",
        _ports,
    ),
    Setting("YUNTIAO_RELAY_ADDRESSES", "", "IP addresses browsers reach the relay at", _words),
    Setting("YUNTIAO_TURN_URLS", "", "turn: and turns: addresses for closed networks", _words),
    Setting("YUNTIAO_TURN_SECRET", "", "secret shared with the TURN server"),
    Setting("YUNTIAO_RING_SECONDS", "15", "how long one lawyer is rung alone", _seconds),
    Setting("YUNTIAO_RING_ALL_SECONDS", "30", "how long all are rung together", _seconds),
    Setting(
        "YUNTIAO_PATIENCE_SECONDS", "120", "wait with nobody free before people are asked", _seconds
    ),
    Setting(
        "YUNTIAO_TOTP",
        "",
        "one-time codes at the desk's sign-in: off, optional or required; "
        "default: optional in demo, required in production",
        _second_factor,
    ),
    Setting(
        "YUNTIAO_ARCHIVE_URL",
        "",
        "s3://BUCKET/PREFIX: sealed recordings are stored there as well; default: none",
        _archive,
    ),
    Setting(
        "YUNTIAO_ARCHIVE_ENDPOINT", "", "address of the S3-compatible store; default: Amazon's"
    ),
    Setting("YUNTIAO_ARCHIVE_REGION", "us-east-1", "region of the bucket"),
    Setting("YUNTIAO_ARCHIVE_ACCESS_KEY", "", "access key of the store"),
    Setting("YUNTIAO_ARCHIVE_SECRET_KEY", "", "secret key of the store"),
    Setting(
        "YUNTIAO_ARCHIVE_LOCK",
        "off",
        "required: nothing counts as archived that the store would let be deleted; or off",
        _required,
    ),
    Setting(
        "YUNTIAO_ARCHIVE_KEEP_DAYS",
        "0",
        "days after which local copies of archived media are removed; 0: never",
        _days,
    ),
    Setting(
        "YUNTIAO_EXPORT_APPROVAL",
        "off",
        "required: a second person approves each copy and bundle before it is made; or off",
        _required,
    ),
    Setting("YUNTIAO_PROOF_HOUR", "2", "hour in China from which the nightly proof runs", _hour),
    Setting("YUNTIAO_HOTLINE", "12348", "the legal-service hotline shown to people"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The values, ready to use."""

    production: bool
    data: Path
    host: str
    port: int
    origins: tuple[str, ...]
    proxies: tuple[IPv4Network | IPv6Network, ...]
    database_url: str
    redis_url: str
    recordings: Path
    recordings_second: Path | None
    recordings_reserve: int
    master_key: str
    tsa_url: str
    relays: tuple[str, ...]
    relay_control: str
    relay_token: str
    relay_udp_ports: range
    relay_addresses: tuple[str, ...]
    turn_urls: tuple[str, ...]
    turn_secret: str
    ring_seconds: float
    ring_all_seconds: float
    patience_seconds: float
    second_factor: str
    archive_url: str
    archive_endpoint: str
    archive_region: str
    archive_access_key: str
    archive_secret_key: str
    archive_lock: bool
    archive_keep_days: int
    export_approval: bool
    proof_hour: int
    hotline: str


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read all settings; raise WrongSetting for the first that cannot be used."""
    _refuse_unknown(environment)
    value = {setting.name: _read(setting, environment) for setting in SETTINGS}
    data = value["YUNTIAO_DATA"]
    port = value["YUNTIAO_PORT"]
    local = f"unix:{data}/run/relay.sock"
    production = value["YUNTIAO_MODE"] == "production"
    settings = Settings(
        production=production,
        data=data,
        host=value["YUNTIAO_HOST"],
        port=port,
        origins=value["YUNTIAO_ORIGINS"]
        or (f"http://localhost:{port}", f"http://127.0.0.1:{port}"),
        proxies=value["YUNTIAO_PROXIES"],
        database_url=value["YUNTIAO_DATABASE_URL"] or f"sqlite+aiosqlite:///{data}/yuntiao.db",
        redis_url=value["YUNTIAO_REDIS_URL"],
        recordings=Path(value["YUNTIAO_RECORDINGS"] or data / "recordings").expanduser(),
        recordings_second=_maybe_path(value["YUNTIAO_RECORDINGS_SECOND"]),
        recordings_reserve=value["YUNTIAO_RECORDINGS_RESERVE_MB"],
        master_key=value["YUNTIAO_MASTER_KEY"] or f"file:{data / 'keys' / 'master.key'}",
        tsa_url=value["YUNTIAO_TSA_URL"],
        relays=value["YUNTIAO_RELAYS"] or (local,),
        relay_control=value["YUNTIAO_RELAY_CONTROL"] or local,
        relay_token=value["YUNTIAO_RELAY_TOKEN"],
        relay_udp_ports=value["YUNTIAO_RELAY_UDP_PORT"],
        relay_addresses=value["YUNTIAO_RELAY_ADDRESSES"] or _own_addresses(),
        turn_urls=value["YUNTIAO_TURN_URLS"],
        turn_secret=value["YUNTIAO_TURN_SECRET"],
        ring_seconds=value["YUNTIAO_RING_SECONDS"],
        ring_all_seconds=value["YUNTIAO_RING_ALL_SECONDS"],
        patience_seconds=value["YUNTIAO_PATIENCE_SECONDS"],
        second_factor=value["YUNTIAO_TOTP"] or ("required" if production else "optional"),
        archive_url=value["YUNTIAO_ARCHIVE_URL"],
        archive_endpoint=value["YUNTIAO_ARCHIVE_ENDPOINT"],
        archive_region=value["YUNTIAO_ARCHIVE_REGION"],
        archive_access_key=value["YUNTIAO_ARCHIVE_ACCESS_KEY"],
        archive_secret_key=value["YUNTIAO_ARCHIVE_SECRET_KEY"],
        archive_lock=value["YUNTIAO_ARCHIVE_LOCK"],
        archive_keep_days=value["YUNTIAO_ARCHIVE_KEEP_DAYS"],
        export_approval=value["YUNTIAO_EXPORT_APPROVAL"],
        proof_hour=value["YUNTIAO_PROOF_HOUR"],
        hotline=value["YUNTIAO_HOTLINE"],
    )
    _check_together(settings)
    return settings


def _maybe_path(text: str) -> Path | None:
    return Path(text).expanduser() if text else None


def _read(setting: Setting, environment: Mapping[str, str]) -> Any:
    try:
        return setting.read(environment.get(setting.name, "").strip() or setting.default)
    except ValueError as wrong:
        raise WrongSetting(f"{setting.name}: {wrong}.") from None


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {setting.name for setting in SETTINGS}
    for name in environment:
        if name.startswith("YUNTIAO_") and name not in known:
            raise WrongSetting(f"{name} is not a setting; `python -m server settings` lists them.")


def _check_together(settings: Settings) -> None:
    if settings.archive_url and not (settings.archive_access_key and settings.archive_secret_key):
        raise WrongSetting(
            "YUNTIAO_ARCHIVE_URL needs YUNTIAO_ARCHIVE_ACCESS_KEY and YUNTIAO_ARCHIVE_SECRET_KEY."
        )
    if settings.turn_urls and not settings.turn_secret:
        raise WrongSetting("YUNTIAO_TURN_URLS needs YUNTIAO_TURN_SECRET as well.")
    if any(address.startswith("tcp:") for address in settings.relays) and not settings.relay_token:
        raise WrongSetting("Remote relays need YUNTIAO_RELAY_TOKEN, the same on both sides.")


def _own_addresses() -> tuple[str, ...]:
    """Return loopback and, if there is one, the address of the interface that leads outside."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1: a UDP connect sends nothing
        except OSError:
            return ("127.0.0.1",)
        own = str(probe.getsockname()[0])
    return ("127.0.0.1",) if own == "127.0.0.1" else ("127.0.0.1", own)
