"""What a relay is told at start."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from server.relay.config import (
    ConfigError,
    RelayConfig,
    TcpControl,
    UnixControl,
    parse_announce,
    parse_control,
    read_token,
)

LOOPBACK = (ip_address("127.0.0.1"),)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("unix:/run/relay.sock", UnixControl(Path("/run/relay.sock"))),
        ("tcp:0.0.0.0:9000", TcpControl("0.0.0.0", 9000)),
        ("tcp:[::1]:9000", TcpControl("::1", 9000)),
    ],
)
def test_control_addresses(text: str, wanted: UnixControl | TcpControl) -> None:
    assert parse_control(text) == wanted


@pytest.mark.parametrize("text", ["", "unix:", "tcp:host", "tcp::9", "tcp:h:70000", "http://x"])
def test_unusable_control_addresses(text: str) -> None:
    with pytest.raises(ConfigError, match="unix:/path"):
        parse_control(text)


def test_announced_addresses() -> None:
    assert parse_announce("192.0.2.1, ::1") == (ip_address("192.0.2.1"), ip_address("::1"))
    with pytest.raises(ConfigError, match="IP addresses"):
        parse_announce("relay.example")


def test_a_relay_on_tcp_wants_a_token(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="token"):
        RelayConfig(TcpControl("::1", 0), 0, LOOPBACK, tmp_path)


def test_a_relay_wants_an_address_and_a_port(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="announce"):
        RelayConfig(UnixControl(tmp_path), 0, (), tmp_path)
    with pytest.raises(ConfigError, match="port"):
        RelayConfig(UnixControl(tmp_path), 70000, LOOPBACK, tmp_path)


def test_tokens(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("0123456789abcdef\n")
    assert read_token(path) == "0123456789abcdef"
    path.write_text("short")
    with pytest.raises(ConfigError, match="shorter"):
        read_token(path)
    with pytest.raises(ConfigError, match="cannot read"):
        read_token(tmp_path / "none")
