"""The keys of recordings, as this installation keeps them."""

from recordings.keys import SESSIONS
from recordings.master import MasterUnavailable, master_from
from recordings.vault import Vault
from server.settings import Settings, WrongSetting


def open_vault(settings: Settings) -> Vault:
    """Return the vault, once the master key has been seen to open what was encrypted.

    The very first time it is made. Raises WrongSetting with what to do.
    """
    vault = vault_of(settings)
    try:
        vault.prepare()
    except (MasterUnavailable, OSError, ValueError) as error:
        raise WrongSetting(f"YUNTIAO_MASTER_KEY: {error}") from None
    return vault


def vault_of(settings: Settings) -> Vault:
    """Return the vault as it is."""
    return Vault(settings.data / "keys" / SESSIONS, master_from(settings.master_key))
