"""``python -m server COMMAND``: everything that is started or done by hand.

What a command needs is imported when it runs: a relay must not load the web's libraries, and
``settings`` must work where nothing else does.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from server.logs import configure
from server.settings import SETTINGS, Settings, WrongSetting, load


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 2: it could not be begun as asked, and standard error says why."""
    given = _parser().parse_args(arguments)
    configure()
    try:
        return COMMANDS[given.command](given)
    except WrongSetting as wrong:
        return _say(str(wrong))
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m server", description="yuntiao")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("serve", help="web, relay and jobs under one supervisor")
    commands.add_parser("web", help="pages, API and sockets alone")
    commands.add_parser("relay", help="one media relay alone")
    commands.add_parser("jobs", help="background work alone")
    commands.add_parser("migrate", help="bring the database to the present schema")
    commands.add_parser("settings", help="list every setting, its default and its meaning")
    importing = commands.add_parser("import", help="read stations, people, texts from CSV files")
    importing.add_argument("path", type=Path, help="a folder of CSV files, or one of them")
    bundle = commands.add_parser("bundle", help="an evidence bundle that others can check")
    bundle.add_argument("session", help="the session's number")
    bundle.add_argument("target", type=Path, help="a new folder, or a file that ends in .zip")
    consents = commands.add_parser("consents", help="the consent that covers each recorded second")
    consents.add_argument("session", help="the session's number")
    keys = commands.add_parser("keys", help="show, rotate or retire the recordings' master key")
    keys.add_argument("action", choices=("show", "rotate", "retire"))
    keys.add_argument("--from", dest="old", default="", help="where the master key was until now")
    commands.add_parser("proof", help="check every recording now; 1: something is broken")
    backup = commands.add_parser("backup", help="copy database, keys and recordings to a folder")
    backup.add_argument("target", type=Path, help="a new folder, or an earlier backup to renew")
    backup.add_argument("--keys", type=Path, help="put the keys there, to be kept for less long")
    restoring = commands.add_parser("restore", help="put a backup where nothing is yet; prove it")
    restoring.add_argument("source", type=Path, help="the folder of the backup")
    restoring.add_argument("--keys", type=Path, help="where the backup's keys were put apart")
    restoring.add_argument(
        "--erased",
        type=Path,
        help="sessions' chains of later (a newer backup's recordings): what they say was erased "
        "is erased again",
    )
    enrol = commands.add_parser("enrol", help="print a one-time link that enrols a terminal")
    enrol.add_argument("station", help="the station's code, as in stations.csv")
    drain = commands.add_parser(
        "drain", help="let a relay take no new rooms, and wait for its last"
    )
    drain.add_argument(
        "relay", nargs="?", default="", help="as in YUNTIAO_RELAYS; default: its one"
    )
    rescue = commands.add_parser("rescue", help="print a new password for who is locked out")
    rescue.add_argument("username", help="the account's user name")
    return parser


def _serve(_given: argparse.Namespace) -> int:
    from server.supervisor import run

    return _prepared(run)


def _web(_given: argparse.Namespace) -> int:
    from server.app import run

    return _prepared(run)


def _relay(_given: argparse.Namespace) -> int:
    from server.relay.config import ConfigError, RelayConfig, parse_announce, parse_control
    from server.relay.service import run
    from server.vault import open_vault

    settings = load()
    try:
        config = RelayConfig(
            control=parse_control(settings.relay_control),
            udp_port=settings.relay_udp_ports[0],
            last_port=settings.relay_udp_ports[-1],
            announce=parse_announce(",".join(settings.relay_addresses)),
            recordings=settings.recordings,
            token=settings.relay_token or None,
            keys=settings.data / "keys",
            reserve=settings.recordings_reserve,
            second=settings.recordings_second,
            vault=open_vault(settings),
        )
        run(config)
    except ConfigError as error:
        return _say(f"relay: {error}.")
    return 0


def _jobs(_given: argparse.Namespace) -> int:
    from server.jobs.service import run

    run(load())
    return 0


def _migrate(_given: argparse.Namespace) -> int:
    from server.district.start import make_data_folder
    from server.storage.engine import Database
    from server.storage.migrate import upgrade

    async def work(settings: Settings) -> None:
        db = Database(settings.database_url)
        await upgrade(db)
        await db.close()

    settings = load()
    make_data_folder(settings.data)
    asyncio.run(work(settings))
    return 0


def _settings(_given: argparse.Namespace) -> int:
    for setting in SETTINGS:
        print(f"{setting.name}\n    {setting.meaning}")
        print(f"    default: {setting.default or '(none)'}")
    return 0


def _import(given: argparse.Namespace) -> int:
    from server.district.command import import_files

    return asyncio.run(import_files(load(), given.path, _now))


def _consents(given: argparse.Namespace) -> int:
    from server.consents.command import show_consents

    return asyncio.run(show_consents(load(), given.session))


def _bundle(given: argparse.Namespace) -> int:
    from server.archive import library_of
    from server.evidence.command import Bring, write_bundle
    from server.storage.engine import Database

    settings = load()

    def archived(db: Database) -> Bring | None:
        library = library_of(db, settings, _now)
        return library.bring if library else None

    return asyncio.run(write_bundle(settings, given.session, given.target, archived))


def _keys(given: argparse.Namespace) -> int:
    from server.evidence.keys_command import manage_keys

    return manage_keys(load(), given.action, given.old)


def _proof(_given: argparse.Namespace) -> int:
    from server.proof.command import prove_all

    return asyncio.run(prove_all(load(), _now))


def _backup(given: argparse.Namespace) -> int:
    from server.backup.command import back_up

    return asyncio.run(back_up(load(), given.target.resolve(), _now, given.keys))


def _restore(given: argparse.Namespace) -> int:
    from server.backup.restoring import restore
    from server.proof.command import prove_all
    from server.vault import open_vault

    settings = load()
    if code := asyncio.run(restore(settings, given.source.resolve(), given.keys, given.erased)):
        return code
    open_vault(settings)
    return asyncio.run(prove_all(settings, _now))


def _enrol(given: argparse.Namespace) -> int:
    from server.district.command import enrol_terminal

    return asyncio.run(enrol_terminal(load(), given.station, _now))


def _drain(given: argparse.Namespace) -> int:
    from server.media.draining import drain

    return asyncio.run(drain(load(), given.relay))


def _rescue(given: argparse.Namespace) -> int:
    from server.district.command import rescue_account

    return asyncio.run(rescue_account(load(), given.username, _now))


def _prepared(run: Callable[[Settings], None]) -> int:
    from server.district.start import DemoInProduction, prepare
    from server.vault import open_vault

    settings = load()
    open_vault(settings)
    try:
        asyncio.run(prepare(settings, _now))
    except DemoInProduction as refused:
        return _say(str(refused))
    run(settings)
    return 0


def _now() -> datetime:
    return datetime.now(UTC)


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "serve": _serve,
    "web": _web,
    "relay": _relay,
    "jobs": _jobs,
    "migrate": _migrate,
    "settings": _settings,
    "import": _import,
    "bundle": _bundle,
    "consents": _consents,
    "keys": _keys,
    "backup": _backup,
    "restore": _restore,
    "proof": _proof,
    "enrol": _enrol,
    "drain": _drain,
    "rescue": _rescue,
}

if __name__ == "__main__":
    sys.exit(main())
