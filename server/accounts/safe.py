"""Secrets of one-time codes as they lie in the database: encrypted, each bound to its account.

The service must compute the same codes as the phone, so a hash would not do. The key is one of the
vault's, wrapped by the master key: a copy of the database alone makes nobody's codes.
"""

import base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from recordings.sealed_file import DataKey
from recordings.vault import Vault

_NAME = "accounts"
_MARK = "~"  # base32, which secrets of before are kept in, has none


class Unopened(Exception):
    """A stored secret was changed, or belongs to somebody else."""


class Safe:
    """Locks and unlocks. Both read files, maybe ask a key service: to be called off the loop.

    Both raise KeyUnavailable, OSError.
    """

    def __init__(self, vault: Vault | None) -> None:
        """Without a vault secrets are kept as they are."""
        self._vault = vault

    def lock(self, secret: str, account_id: str) -> str:
        """The secret, base32, as it is stored: at most 64 characters."""
        if self._vault is None:
            return secret
        cipher = _cipher(self._vault.shared(_NAME))
        sealed = cipher.encrypt(base64.b32decode(secret), [account_id.encode()])
        return _MARK + base64.b64encode(sealed).decode()

    def unlock(self, stored: str, account_id: str) -> str:
        """The secret again; one of before is as it is. Raises Unopened."""
        if not stored.startswith(_MARK):
            return stored
        if self._vault is None:
            raise Unopened(account_id)
        try:
            sealed = base64.b64decode(stored[1:], validate=True)
            cipher = _cipher(self._vault.shared(_NAME))
            return base64.b32encode(cipher.decrypt(sealed, [account_id.encode()])).decode()
        except (InvalidTag, ValueError):
            raise Unopened(account_id) from None


def _cipher(key: DataKey) -> AESSIV:
    # SIV needs no nonce, which would have no room, and a secret at random is never the same twice.
    return AESSIV(HKDF(SHA256(), 64, None, b"yuntiao one-time codes 1").derive(key.secret))
