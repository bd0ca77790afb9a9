"""``python -m server keys``: the master key shown, turned over (轮换), retired."""

import sys

from recordings.keys import SESSIONS, signing_key
from recordings.master import MasterFile, MasterUnavailable, master_from
from recordings.vault import KeyUnavailable, Vault
from server.settings import Settings

ACTIONS = ("show", "rotate", "retire")


def manage_keys(settings: Settings, action: str, old: str) -> int:
    """Do one of ACTIONS; 1 if it cannot be done. ``old``: where the master key was until now."""
    master = master_from(settings.master_key)
    vault = Vault(settings.data / "keys" / SESSIONS, master)
    try:
        if action == "show":
            return _show(settings, vault)
        if action == "rotate":
            return _rotate(vault, master if isinstance(master, MasterFile) else None, old)
        return _retire(vault, master)
    except (MasterUnavailable, KeyUnavailable, OSError, ValueError) as error:
        return _say(f"Nothing more was done: {error}.")


def _show(settings: Settings, vault: Vault) -> int:
    rows = list(vault.all_wrapped())
    print(f"master key      {settings.master_key}")
    print(f"sessions        {len({row.session for row in rows})}")
    print(f"data keys       {len(rows)}")
    print(f"to be rewrapped {vault.count_stale()}")
    print(f"signing key     {signing_key(settings.data / 'keys').public.ident}")
    return 0


def _rotate(vault: Vault, file: MasterFile | None, old: str) -> int:
    if file is not None and not old:
        vault.prepare()
        print(f"new master key  {file.add()}")
    count = vault.wrap_anew(master_from(old) if old else None)
    print(f"wrapped anew    {count}")
    if file is not None:
        print("Copy the file of the master key to its safe, then: python -m server keys retire")
    return 0


def _retire(vault: Vault, master: object) -> int:
    if not isinstance(master, MasterFile):
        return _say("A key service retires its own keys.")
    vault.wrap_anew()
    print(f"retired         {master.retire()}")
    return 0


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
