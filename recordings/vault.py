"""The data keys of all sessions, wrapped by the master key, in a folder apart from the media.

    <folder>/<session>/<key>.json     {"key", "session", "made", "wrapped"}

A session has one for each time its recording was begun. Turning the master key over (轮换) rewrites
these few bytes and no media; destroying them (销毁) makes every copy of the media unreadable, also
the ones in an archive that lets nothing be deleted.
"""

import fcntl
import itertools
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from recordings.durable import make_folder, sync_folder, write_whole
from recordings.master import Master, MasterUnavailable
from recordings.model import checked_name
from recordings.sealed_file import DataKey

_LOOKED_AT = 8


class KeyUnavailable(OSError):
    """Something cannot be encrypted or read now: the master key does not serve. To be retried."""


class KeyGone(Exception):
    """There is no such data key: the session was erased."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """One key file."""

    path: Path
    ident: str
    session: str
    token: str

    @property
    def context(self) -> str:
        """What binds the wrapped key to its place."""
        return f"{self.session}/{self.ident}"


class Vault:
    """Makes, finds, wraps anew and destroys data keys."""

    def __init__(self, folder: Path, master: Master) -> None:
        self._folder = folder
        self._master = master

    def prepare(self) -> None:
        """See that what was encrypted can be read; make a master key for the very first session.

        Raises MasterUnavailable with a sentence.
        """
        some = list(itertools.islice(self.all_wrapped(), _LOOKED_AT))
        try:
            self._master.prepare(is_first=not some)
            for one in some:
                self._master.unwrap(one.token, one.context)
        except MasterUnavailable as error:
            kept = f" Recordings in {self._folder} are encrypted with it." if some else ""
            raise MasterUnavailable(f"{error}.{kept}") from None

    def fresh(self, session: str) -> DataKey:
        """A new data key of the session, durable on return. Raises KeyUnavailable, OSError."""
        key = DataKey.make()
        path = self._folder / checked_name(session) / f"{key.ident}.json"
        make_folder(path.parent)
        self._store(Wrapped(path, key.ident, session, ""), key.secret)
        return key

    def shared(self, name: str) -> DataKey:
        """The one data key of something that is no session, made at its first use.

        Raises KeyUnavailable, OSError.
        """
        make_folder(self._folder)
        with self._alone():
            if not self.idents(name):
                self.fresh(name)
        try:
            return self.find(name, self.idents(name)[0])
        except KeyGone:
            raise KeyUnavailable(f"the key of {name} is missing") from None

    def find(self, session: str, ident: str) -> DataKey:
        """The data key of this name. Raises KeyGone, KeyUnavailable, OSError."""
        try:
            one = _read(self._folder / session / f"{ident}.json")
            return DataKey(ident, self._master.unwrap(one.token, f"{session}/{ident}"))
        except FileNotFoundError:
            raise KeyGone(session) from None
        except (MasterUnavailable, ValueError) as error:
            raise KeyUnavailable(str(error)) from None

    def idents(self, session: str) -> list[str]:
        """The names of a session's keys."""
        return sorted(path.stem for path in (self._folder / session).glob("*.json"))

    def destroy(self, session: str) -> list[str]:
        """Destroy all keys of a session, for good; their names. May be called again.

        Raises OSError. Copies of the wrapped keys in backups live until the backups go.
        """
        names, folder = self.idents(session), self._folder / checked_name(session)
        if not folder.is_dir():
            return []
        with self._alone():
            for path in folder.glob("*"):
                _overwrite(path)
            shutil.rmtree(folder)
            sync_folder(self._folder)
        return names

    def destroy_one(self, session: str, ident: str) -> None:
        """Destroy one key of a session, for good. May be called again. Raises OSError."""
        path = self._folder / checked_name(session) / f"{checked_name(ident)}.json"
        with self._alone():
            if path.is_file():
                _overwrite(path)
                path.unlink()
                sync_folder(path.parent)

    def all_wrapped(self) -> Iterator[Wrapped]:
        """Every key file there is."""
        for folder in self._folder.glob("*"):
            for path in folder.glob("*.json"):
                yield _read(path)

    def count_stale(self) -> int:
        """How many keys the present master key did not wrap. Raises MasterUnavailable, OSError."""
        return sum(not self._master.is_current(one.token) for one in self.all_wrapped())

    def wrap_anew(self, old: Master | None = None) -> int:
        """Have every key wrapped by the master's present key; how many were not.

        ``old`` unwraps what the present master cannot. Raises MasterUnavailable, OSError.
        """
        make_folder(self._folder)
        with self._alone():  # none is half destroyed while it is read
            stale = [it for it in self.all_wrapped() if not self._master.is_current(it.token)]
        for one in stale:
            secret = self._unwrapped(one, old)
            with self._alone():
                if one.path.exists():  # else it was destroyed this moment, and shall stay so
                    self._store(one, secret)
        return len(stale)

    def _unwrapped(self, one: Wrapped, old: Master | None) -> bytes:
        if old is not None:
            with suppress(MasterUnavailable):  # wrapped anew already, the time before
                return old.unwrap(one.token, one.context)
        return self._master.unwrap(one.token, one.context)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        fd = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    def _store(self, one: Wrapped, secret: bytes) -> None:
        try:
            token = self._master.wrap(secret, one.context)
        except MasterUnavailable as error:
            raise KeyUnavailable(str(error)) from None
        content = {"key": one.ident, "session": one.session, "made": time.time(), "wrapped": token}
        write_whole(one.path, json.dumps(content).encode() + b"\n")


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        os.fsync(file.fileno())


def _read(path: Path) -> Wrapped:
    """Raises ValueError when it is no key file, OSError."""
    try:
        value = json.loads(path.read_bytes())
        return Wrapped(path, str(value["key"]), str(value["session"]), str(value["wrapped"]))
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"{path} holds no wrapped key") from None
