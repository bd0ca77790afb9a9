"""``python -m server import``, ``enrol`` and ``rescue``: what they do and what they print."""

import sys
from datetime import datetime
from pathlib import Path

from server.accounts.passwords import Passwords
from server.accounts.service import Cookies
from server.accounts.terminals import Terminals
from server.accounts.upkeep import Upkeep
from server.district.importing import Importer, ImportRefused, Outcome
from server.district.reading import read
from server.district.start import Clock, make_data_folder, write_accounts
from server.settings import Settings
from server.storage.engine import Database
from server.storage.migrate import upgrade
from signaling.errors import UserError

REFUSED = 2


async def import_files(settings: Settings, path: Path, clock: Clock) -> int:
    """Import a folder or file: all of it, or nothing with every bad row explained."""
    make_data_folder(settings.data)
    now = clock()
    kept = settings.data / f"new-accounts-{now:%Y%m%d-%H%M%S}.txt"
    db = Database(settings.database_url)
    try:
        await upgrade(db)
        outcome = await _import(db, path, now, kept)
    except ImportRefused as refused:
        for problem in refused.problems:
            print(problem, file=sys.stderr)
        print(f"共 {len(refused.problems)} 处问题，什么都没有导入。", file=sys.stderr)
        return REFUSED
    finally:
        await db.close()
    for file, (added, changed) in outcome.counts.items():
        print(f"{file}：新增 {added}，修改 {changed}")
    if outcome.accounts:
        print(f"新账号 {len(outcome.accounts)} 个，初始密码在 {kept}，请转交本人后删除。")
    return 0


async def _import(db: Database, path: Path, now: datetime, kept: Path) -> Outcome:
    async with db.write() as write:
        outcome = await Importer(write, Passwords(), now).run(read(path))
        if outcome.accounts:
            # Before the commit: an account whose password nobody can read would be lost.
            write_accounts(kept, outcome.accounts)
        return outcome


async def enrol_terminal(settings: Settings, station: str, clock: Clock) -> int:
    """Print a one-time link that makes a browser the station's terminal."""
    db = Database(settings.database_url)
    try:
        terminals = Terminals(db, clock, Cookies.for_site(settings.origins))
        code = await terminals.make_code_for(station)
    except UserError as error:
        print(error.message, file=sys.stderr)
        return REFUSED
    finally:
        await db.close()
    print(f"{settings.origins[0]}/terminal?code={code.text}")
    print("30 分钟内在终端的浏览器里打开一次；只能用一次。", file=sys.stderr)
    return 0


async def rescue_account(settings: Settings, username: str, clock: Clock) -> int:
    """Print a new password for somebody who cannot sign in and whom no admin can help."""
    db = Database(settings.database_url)
    try:
        password = await Upkeep(db, Passwords(), clock).rescue(username)
    except UserError as error:
        print(error.message, file=sys.stderr)
        return REFUSED
    finally:
        await db.close()
    print(password)
    print("这是新的初始密码；动态口令已清除，各处的登录已结束。", file=sys.stderr)
    return 0
