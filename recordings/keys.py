"""The key that signs manifests: Ed25519, made at the first start, and its public half for others.

The folder lies apart from the recordings, so that who may write these cannot sign them anew.
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from recordings.durable import make_folder, sync_folder

SIGNING = "signing.pem"
MASTER = "master.key"
"""Where the master key is unless it is kept elsewhere, as it should be."""
SESSIONS = "sessions"
"""The folder of the sessions' data keys, wrapped."""


class BadKey(Exception):
    """A key file cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What checks signatures. ``ident`` names it: SHA-256 hex of its 32 bytes."""

    ident: str
    _key: Ed25519PublicKey

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Whether the key's owner signed this message."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def pem(self) -> bytes:
        """The key as a file others can keep."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What makes signatures."""

    public: PublicKey
    _key: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self._key.sign(message)


def signing_key(folder: Path) -> SigningKey:
    """The key in ``folder``, made when there is none yet. Raises BadKey, OSError."""
    path = folder / SIGNING
    if not path.exists():
        text = Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        create_once(path, text)
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKey(f"{path} holds no Ed25519 key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"{path} holds no Ed25519 key")
    return SigningKey(_public(key.public_key()), key)


def public_key(path: Path) -> PublicKey:
    """Read a public key from a PEM file. Raises BadKey, OSError."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (ValueError, UnsupportedAlgorithm):
        raise BadKey(f"{path} holds no Ed25519 public key") from None
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey(f"{path} holds no Ed25519 public key")
    return _public(key)


def create_once(path: Path, content: bytes) -> None:
    """Write a secret file, mode 0600, durable on return, unless somebody has: two processes may
    start at once. Raises OSError.
    """
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)  # what a process of the same number left when it crashed
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
    sync_folder(path.parent)  # also what the other one has made: it is used from now on


def _public(key: Ed25519PublicKey) -> PublicKey:
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PublicKey(hashlib.sha256(raw).hexdigest(), key)
