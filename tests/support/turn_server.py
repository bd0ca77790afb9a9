"""A real coturn on one address of this machine, with a certificate made for it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.ports import free_port
from tests.support.processes import running, wait_until_listening


@dataclass(frozen=True)
class TurnServer:
    """Where it listens, and the secret it shares with the service."""

    address: str
    port: int
    tls_port: int
    secret: str

    @property
    def over_tls(self) -> str:
        return f"turns:{self.address}:{self.tls_port}?transport=tcp"


@contextlib.contextmanager
def turn_server(folder: Path, address: str) -> Iterator[TurnServer]:
    """Running until the block ends; it relays to `address` alone."""
    server = TurnServer(address, free_port(), free_port(), "secret-of-the-tests")
    made, key = certificate(folder, address)
    command = [
        "turnserver",
        "-n",
        *("--listening-ip", address, "--relay-ip", address),
        *("--listening-port", str(server.port), "--tls-listening-port", str(server.tls_port)),
        *("--use-auth-secret", "--static-auth-secret", server.secret, "--realm", "tests"),
        *("--cert", str(made), "--pkey", str(key)),
        *("--no-cli", "--no-udp", "--no-dtls", "--log-file", "stdout", "--simple-log"),
        *("--pidfile", str(folder / "turn.pid"), "--userdb", str(folder / "turn.db")),
    ]
    with running(command, folder / "turn.log") as program:
        wait_until_listening(program, server.tls_port, host=address)
        yield server


def certificate(folder: Path, address: str) -> tuple[Path, Path]:
    """Write a certificate for this address and its key, as turn.crt and turn.key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    paths = folder / "turn.crt", folder / "turn.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths
