"""``python -m server.relay``: one media relay by itself."""

import argparse
import logging
import sys
from pathlib import Path

from recordings.keys import MASTER, SESSIONS
from recordings.master import MasterUnavailable, master_from
from recordings.vault import Vault
from server.relay.config import ConfigError, RelayConfig, parse_announce, parse_control, read_token
from server.relay.service import run


def main() -> int:
    """Read the arguments and serve; 2 if they cannot be used."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        run(_config(_parser().parse_args()))
    except ConfigError as error:
        print(f"relay: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m server.relay", description=__doc__)
    parser.add_argument("--control", required=True, help="unix:/path.sock or tcp:HOST:PORT")
    parser.add_argument("--udp-port", type=int, required=True, help="one port for all media")
    parser.add_argument("--announce", required=True, help="IP addresses that browsers can reach")
    parser.add_argument("--recordings", type=Path, required=True, help="folder of the recordings")
    parser.add_argument(
        "--reserve-mb", type=int, default=0, help="with less free space no new recording begins"
    )
    parser.add_argument("--second", type=Path, help="recordings when the first volume fails")
    parser.add_argument("--keys", type=Path, help="folder of keys: sign what is closed here")
    parser.add_argument("--master", default="", help="file:/PATH or command:PROGRAM, with --keys")
    parser.add_argument("--token-file", type=Path, help="bearer token of the control API")
    return parser


def _config(arguments: argparse.Namespace) -> RelayConfig:
    token_file = arguments.token_file
    return RelayConfig(
        control=parse_control(arguments.control),
        udp_port=arguments.udp_port,
        announce=parse_announce(arguments.announce),
        recordings=arguments.recordings,
        token=read_token(token_file) if token_file else None,
        keys=arguments.keys,
        second=arguments.second,
        reserve=arguments.reserve_mb * 1_000_000,
        vault=_vault(arguments.keys, arguments.master),
    )


def _vault(keys: Path | None, master: str) -> Vault | None:
    if keys is None:
        return None
    try:
        vault = Vault(keys / SESSIONS, master_from(master or f"file:{(keys / MASTER).resolve()}"))
        vault.prepare()
    except (MasterUnavailable, ValueError) as error:
        raise ConfigError(str(error)) from None
    return vault


if __name__ == "__main__":
    sys.exit(main())
