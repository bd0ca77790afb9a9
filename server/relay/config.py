"""What a relay process is told at start. Everything has been checked when a RelayConfig exists."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

from recordings.vault import Vault

Address = IPv4Address | IPv6Address


class ConfigError(ValueError):
    """A setting cannot be used; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class UnixControl:
    """The control API on a unix socket: whoever may open the file may command.

    A ``*`` in its name becomes the relay's UDP port.
    """

    path: Path

    def of(self, port: int) -> "UnixControl":
        """Return the control of the relay that has got this UDP port."""
        return UnixControl(self.path.with_name(self.path.name.replace("*", str(port))))


@dataclass(frozen=True, slots=True)
class TcpControl:
    """The control API on TCP: every request carries the bearer token.

    Port 0 picks a free one; None is the number of the relay's UDP port.
    """

    host: str
    port: int | None

    def of(self, port: int) -> "TcpControl":
        """Return the control of the relay that has got this UDP port."""
        return TcpControl(self.host, port) if self.port is None else self


@dataclass(frozen=True, slots=True)
class RelayConfig:
    """One relay. ``announce`` are the addresses that browsers are told to send to.

    Where several relays share a machine, each takes the first port from ``udp_port`` to
    ``last_port`` that is free: the kernel gives a port to one process only, until it ends.
    """

    control: UnixControl | TcpControl
    udp_port: int
    announce: tuple[Address, ...]
    recordings: Path
    token: str | None = None
    reserve: int = 0  # bytes of free space below which no new recording begins
    second: Path | None = None  # folder on another volume, for when the first fails
    keys: Path | None = None  # folder of the key that signs what is closed here
    vault: Vault | None = None  # keys that encrypt what is recorded; None: it lies in the open
    last_port: int | None = None  # None: udp_port and no other

    @property
    def udp_ports(self) -> range:
        """The ports to choose from."""
        return range(self.udp_port, (self.last_port or self.udp_port) + 1)

    def __post_init__(self) -> None:
        if not 0 <= self.udp_port <= 65535:
            raise ConfigError("give a UDP port from 0 (any free one) to 65535")
        if not self.announce:
            raise ConfigError("announce at least one IP address that browsers can reach")
        if isinstance(self.control, TcpControl) and not self.token:
            raise ConfigError("a control API on TCP needs a token: give --token-file")


def parse_control(text: str) -> UnixControl | TcpControl:
    """Read ``unix:/path.sock`` or ``tcp:HOST:PORT``; ``*`` for the number of the UDP port."""
    scheme, _, rest = text.partition(":")
    if scheme == "unix" and rest:
        return UnixControl(Path(rest))
    host, _, port = rest.rpartition(":")
    if scheme == "tcp" and host and port == "*":
        return TcpControl(host.strip("[]"), None)
    if scheme == "tcp" and host and port.isascii() and port.isdigit() and int(port) <= 65535:
        return TcpControl(host.strip("[]"), int(port))
    raise ConfigError("write the control address as unix:/path.sock or tcp:HOST:PORT")


def parse_announce(text: str) -> tuple[Address, ...]:
    """Read addresses separated by commas."""
    try:
        return tuple(ip_address(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ConfigError("announce IP addresses (not names), separated by commas") from None


def read_token(path: Path) -> str:
    """Read the bearer token, one line of at least 16 characters."""
    try:
        token = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"cannot read a token from {path}") from None
    if len(token) < 16:
        raise ConfigError(f"the token in {path} is shorter than 16 characters")
    return token
