"""Terminals: a one-time code makes a browser the device of one station, until it is revoked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.accounts.repository import logins
from server.accounts.repository import terminals as repository
from server.accounts.service import Cookies, Terminal
from server.accounts.throttle import begin_try, enrolment_limits, forgive
from server.accounts.tokens import digest, new_code, new_token, plain_code
from server.audit import log as audit
from server.audit.actions import AuditAction
from server.storage.engine import Database
from server.storage.schema import Account, Device, Enrolment, Station
from signaling.errors import NotFound, UserError

CODE_LIVES = timedelta(minutes=30)


class WrongCode(UserError):
    """Unknown, used or too old: the answer is the same."""

    code = "wrong_code"
    message = "登记码不正确或已失效，请核对，或请管理员重新生成。"


@dataclass(frozen=True, slots=True)
class Code:
    """A fresh one-time code and when it ends."""

    text: str
    expires_at: datetime


class Terminals:
    """Enrolling, recognising and revoking devices."""

    def __init__(self, db: Database, clock: Callable[[], datetime], cookies: Cookies) -> None:
        self._db = db
        self._clock = clock
        self._cookies = cookies

    async def make_code(self, station_id: str, created_by: str | None) -> Code:
        """Make a code for one terminal of the station; NotFound if there is no such station."""
        text, now = new_code(), self._clock()
        code = Code(text, now + CODE_LIVES)
        async with self._db.write() as write:
            if await write.get(Station, station_id) is None:
                raise NotFound
            await repository.forget_old_codes(write, now)
            write.add(
                Enrolment(
                    code_hash=digest(plain_code(text)),
                    station_id=station_id,
                    created_by=created_by,
                    expires_at=code.expires_at,
                )
            )
            audit.append(write, AuditAction.TERMINAL_CODE_MADE, now, created_by, station_id)
        return code

    async def make_code_for(self, station_code: str) -> Code:
        """Make a code for the station with this code (the command line's way)."""
        async with self._db.read() as read:
            station_id = await repository.station_id_of(read, station_code)
        if station_id is None:
            raise NotFound("no_station", f"没有编号为 {station_code} 的工作站。")
        return await self.make_code(station_id, None)

    async def enrol(self, typed: str, address: str, cookies: Mapping[str, str]) -> str:
        """Use up a code and return the new device's key; raises WrongCode, TooManyTries.

        A browser that was a terminal before stops being that one.
        """
        limits, now, key = enrolment_limits(address), self._clock(), new_token()
        async with self._db.write() as write:
            await begin_try(write, limits, now)
        async with self._db.write() as write:
            enrolment = await repository.use_up(write, digest(plain_code(typed)), now)
            if enrolment is None:
                raise WrongCode
            device = Device(station_id=enrolment.station_id, key_hash=digest(key), enrolled_at=now)
            write.add(device)
            await write.flush()
            await forgive(write, limits, now)
            audit.append(write, AuditAction.TERMINAL_ENROLLED, now, enrolment.created_by, device.id)
        if before := await self.terminal_of(cookies):
            await self.revoke(before.device_id, None)
        return key

    async def terminal_of(self, cookies: Mapping[str, str]) -> Terminal | None:
        """Return the terminal that holds these cookies."""
        key = cookies.get(self._cookies.device)
        if not key:
            return None
        async with self._db.read() as read:
            found = await repository.device_with_key(read, digest(key))
        if found is None:
            return None
        device, station = found
        return Terminal(device.id, station.id, station.name, station.phone)

    async def mediators(self, terminal: Terminal) -> Sequence[Account]:
        """Return the mediators of the terminal's station, by name."""
        async with self._db.read() as read:
            return await repository.mediators_of(read, terminal.station_id)

    async def rename(self, device_id: str, name: str, actor_id: str | None) -> None:
        """Call a terminal by a name ("": by none); NotFound if it is none (any more)."""
        async with self._db.write() as write:
            device = await write.get(Device, device_id)
            if device is None or device.revoked_at is not None:
                raise NotFound
            device.name = name
            now = self._clock()
            audit.append(write, AuditAction.TERMINAL_RENAMED, now, actor_id, device_id)

    async def revoke(self, device_id: str, actor_id: str | None) -> None:
        """End a terminal and every login at it; NotFound if it is none (any more)."""
        now = self._clock()
        async with self._db.write() as write:
            if not await repository.end_device(write, device_id, now):
                raise NotFound
            await logins.end_logins_at(write, device_id)
            audit.append(write, AuditAction.TERMINAL_REVOKED, now, actor_id, device_id)
