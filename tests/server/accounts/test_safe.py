"""Secrets of one-time codes lie encrypted, each bound to its account, under the master key."""

from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select, update

from recordings.master import MasterFile
from recordings.vault import KeyUnavailable
from server.accounts.factors import WrongOneTimeCode
from server.accounts.safe import Safe, Unopened
from server.storage.engine import Database
from server.storage.schema import SecondFactor
from tests.recordings.desk import vault_in
from tests.server.accounts.test_codes import code_at, enrol, sign_in
from tests.server.house import House, new_house

SECRET, ME, OTHER = pyotp.random_base32(), "a" * 32, "b" * 32


async def stored(house: House) -> str:
    async with house.db.read() as db:
        return str(await db.scalar(select(SecondFactor.secret)))


async def filled(db: Database, folder: Path) -> House:
    house = new_house(db, safe=Safe(vault_in(folder)))
    await house.fill()
    return house


async def test_the_database_alone_makes_no_codes(migrated: Database, tmp_path: Path) -> None:
    house = await filled(migrated, tmp_path)
    secret, _ = await enrol(house)
    text = await stored(house)
    assert (text[0], len(text) <= 64, secret in text) == ("~", True, False)
    await sign_in(house, code_at(house, secret))
    with pytest.raises(WrongOneTimeCode):
        await sign_in(house, code_at(house, secret))


async def test_a_secret_of_before_still_counts(small: Database, tmp_path: Path) -> None:
    house = await filled(small, tmp_path)
    await enrol(house)
    async with house.db.write() as db:
        await db.execute(update(SecondFactor).values(secret=SECRET))
    await sign_in(house, code_at(house, SECRET))


def test_a_secret_opens_for_its_own_account_alone(tmp_path: Path) -> None:
    safe = Safe(vault_in(tmp_path))
    locked = safe.lock(SECRET, ME)
    assert safe.unlock(locked, ME) == SECRET
    for text, account in ((locked, OTHER), (locked[:-6] + "AAAAA=", ME), ("~", ME), ("~x", ME)):
        with pytest.raises(Unopened):
            safe.unlock(text, account)
    with pytest.raises(Unopened):
        Safe(None).unlock(locked, ME)


def test_turning_the_master_key_over_changes_no_secret(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    locked = Safe(vault).lock(SECRET, ME)
    master = MasterFile(tmp_path / "master.key")
    master.add()
    vault.wrap_anew()
    master.retire()
    assert Safe(vault_in(tmp_path)).unlock(locked, ME) == SECRET
    assert len(vault.idents("accounts")) == 1
    (tmp_path / "master.key").unlink()
    with pytest.raises(KeyUnavailable):
        Safe(vault).unlock(locked, ME)
