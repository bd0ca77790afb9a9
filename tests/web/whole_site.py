"""The whole web process inside the test, over the demo district and a talk that is over.

No relay runs: what needs one says so. `python -m tests.web.whole_site PORT` serves it for looking
at, and prints the cookies of everybody.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext
from sqlalchemy import select

from recordings import photos
from server import settings
from server.accounts.passwords import Passwords
from server.accounts.service import Cookies
from server.accounts.tokens import digest, new_token
from server.app import build
from server.district.importing import Importer
from server.district.reading import read
from server.district.start import DEMO
from server.health.parts import OUTCOMES, Part, worst_of
from server.review import index_session
from server.storage.engine import Database, Transaction
from server.storage.migrate import upgrade
from server.storage.schema import (
    Account,
    Advice,
    ApartPolicy,
    ApartRecording,
    ApartViewing,
    Appointment,
    AppointmentEntry,
    Caucus,
    Device,
    Feedback,
    FeedbackLink,
    Login,
    Participant,
    Person,
    Photo,
    SelfTest,
    Session,
    Station,
    StationCall,
    new_id,
)
from server.tasks.kinds import TaskKind
from server.tasks.repository import open_task
from server.vault import vault_of
from signaling.appointment import SLOT, AppointmentState
from signaling.caucus import CaucusState
from signaling.commands import SessionKind
from signaling.participant import ParticipantState
from signaling.recording import RecordingState
from signaling.rights import Role
from signaling.session import SessionState
from signaling.station_call import StationCallState
from tests.support.ports import free_port
from tests.web.fake_site import picture_of

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class WholeSite:
    """``cookies`` by user name, and ``terminal``: of a device where nobody is signed in.

    ``ids`` fill in the paths of tests/web/pages.py: session, station, link (to rate by).
    """

    url: str
    ids: dict[str, str]
    cookies: dict[str, dict[str, str]]

    async def visitor(self, browser: Browser, who: str | None) -> BrowserContext:
        """A browser context in which this person (by user name) is signed in."""
        context = await browser.new_context(base_url=self.url, locale="zh-CN")
        kept = self.cookies[who] if who else {}
        for name, value in kept.items():
            await context.add_cookies([{"name": name, "value": value, "url": self.url}])
        return context


@asynccontextmanager
async def whole_site(folder: Path, port: int | None = None) -> AsyncIterator[WholeSite]:
    """Serve it on loopback, with its data in ``folder``."""
    port = port or free_port()
    url = f"http://localhost:{port}"
    given = {"YUNTIAO_DATA": str(folder), "YUNTIAO_PORT": str(port), "YUNTIAO_TOTP": "off"}
    chosen = settings.load(given)
    db = Database(chosen.database_url)
    await upgrade(db)
    async with db.write() as write:
        await Importer(write, Passwords(), NOW, demo=True).run(read(DEMO))
        ids = {"session": await _talk(write)}
        await _photo(write, chosen, ids["session"])
        await _talk_apart(write, ids["session"])
        cookies = await _sign_in(write, Cookies.for_site(chosen.origins))
        ids["station"] = await _tests(write)
        ids["link"] = _link(write, ids["session"])
        await _past(write, ids["session"])
        await _booked(write)
    await db.close()
    async with TestServer(build(chosen), host="localhost", port=port):
        yield WholeSite(url, ids, cookies)


async def _people(write: Transaction) -> dict[str, Account]:
    return {one.username: one for one in await write.scalars(select(Account))}


async def _sign_in(write: Transaction, names: Cookies) -> dict[str, dict[str, str]]:
    """Everybody signed in; the mediators at a terminal of their station."""
    cookies: dict[str, dict[str, str]] = {}
    for username, person in (await _people(write)).items():
        token, key, device = new_token(), new_token(), None
        cookies[username] = {names.login: token}
        if username.startswith("mediator"):
            device = Device(station_id=person.station_id, key_hash=digest(key), enrolled_at=NOW)
            write.add(device)
            await write.flush()
            cookies[username][names.device] = key
            cookies["terminal"] = {names.device: key}
        write.add(
            Login(
                token_hash=digest(token),
                account_id=person.id,
                device_id=device.id if device else None,
                csrf=new_token(),
                created_at=NOW,
                expires_at=NOW + timedelta(hours=12),
                agent="Chrome · Linux",
                address="10.0.0.7",
                used_at=NOW,
            )
        )
    return cookies


async def _tests(write: Transaction) -> str:
    """Self-tests of the terminals: the first has a fault. Returns that one's station."""
    devices = list(await write.scalars(select(Device).join(Station).order_by(Station.code)))
    for number, device in enumerate(devices):
        device.seen_at = NOW - timedelta(days=number % 4 == 3)
        codes = ["missing" if number == 0 else "ok", "ok", "unheard" if number == 1 else "ok"]
        outcomes = zip(Part, [*codes, "ok", "ok", "ok", "ok"], strict=True)
        parts = [
            {"part": part, "code": code, "value": 12.0, "state": OUTCOMES[part, code][0].value}
            for part, code in outcomes
        ]
        worst = worst_of([str(one["state"]) for one in parts]).value
        write.add(
            SelfTest(
                device_id=device.id,
                station_id=device.station_id,
                at=NOW - timedelta(minutes=30 + number),
                started_by="morning",
                worst=worst,
                parts=parts,
            )
        )
    first = devices[0].station_id
    await open_task(write, TaskKind.TERMINAL_FAULT, first, NOW, {"text": "没有找到摄像头"})
    return first


async def _past(write: Transaction, like: str) -> None:
    """Twelve weeks of sessions for the overview, and what people thought of some."""
    model = await write.get_one(Session, like)
    stations = list(await write.scalars(select(Station.id).order_by(Station.code)))[1:]
    ends = (SessionState.CLOSED, SessionState.CLOSED, SessionState.DEFERRED, SessionState.CANCELLED)
    for number in range(120):
        at = NOW - timedelta(hours=17 * number)
        answered = number % 4 < 2
        past = Session(
            number=f"20260901-{number:06d}",
            kind=SessionKind.CONSULTATION if number % 3 else SessionKind.MEDIATION,
            matter_code="02",
            station_id=stations[number * number % len(stations)],
            mediator_id=model.mediator_id,
            lawyer_id=model.lawyer_id if answered else None,
            state=ends[number % 4],
            recording=RecordingState.OFF,
            requested_at=at,
            attempt_at=at,
            accepted_at=at + timedelta(seconds=3 + number) if answered else None,
            left_at=at,
        )
        write.add(past)
        await write.flush()
        if number % 4 == 0:
            write.add(
                Feedback(
                    session_id=past.id,
                    score=5 - number % 5 // 2,
                    why=["clear", "patient"][: number % 3],
                    words="讲得很明白，就是等的时间长了一点。" if number % 40 == 0 else "",
                    given_at="terminal",
                    at=at,
                )
            )


async def _booked(write: Transaction) -> None:
    """Appointments as they end, with their logs, and a call from the centre to a station."""
    people = await _people(write)
    lawyer, admin = people["lawyer1"], people["admin"]
    states = (AppointmentState.KEPT, AppointmentState.MISSED, AppointmentState.BOOKED)
    for number, state in enumerate(states):
        mediator = people[f"mediator0{number + 1}"]
        begins = NOW.replace(minute=30, second=0, microsecond=0) + timedelta(hours=2 * number)
        made = Appointment(
            station_id=mediator.station_id,
            lawyer_id=lawyer.id,
            starts_at=begins,
            ends_at=begins + SLOT,
            state=state,
            kind=SessionKind.CONSULTATION,
            matter_code="02",
            made_by=mediator.id,
            made_at=NOW,
            reason="当事人上午要去医院",
        )
        write.add(made)
        await write.flush()
        log: tuple[tuple[str, dict[str, str]], ...] = (
            ("booked", {}),
            ("move", {"reason": made.reason}),
        )
        for n, (kind, body) in enumerate(log, start=1):
            write.add(
                AppointmentEntry(
                    appointment_id=made.id,
                    n=n,
                    at=NOW,
                    type=kind,
                    actor_id=admin.id,
                    body={"starts_at": begins.timestamp() * 1000, **body},
                )
            )
    write.add(
        StationCall(
            lawyer_id=lawyer.id,
            station_id=people["mediator03"].station_id,
            mediator_id=people["mediator03"].id,
            kind=SessionKind.CONSULTATION,
            matter_code="02",
            state=StationCallState.ANSWERED,
            rang_at=NOW - timedelta(hours=1),
            until=NOW,
            ended_at=NOW,
            answered_by_itself=True,
        )
    )


def _link(write: Transaction, session: str) -> str:
    token, ends = new_token(), NOW + timedelta(days=1)
    write.add(FeedbackLink(token_hash=digest(token), session_id=session, expires_at=ends))
    return token


async def _talk(write: Transaction) -> str:
    people = await _people(write)
    mediator, lawyer = people["mediator01"], people["lawyer1"]
    begun = NOW - timedelta(hours=3)
    session = Session(
        number="20261120-000001",
        kind=SessionKind.MEDIATION,
        matter_code="02",
        facts="去年十月李家翻建院墙，王家认为占了两家之间的排水沟，下雨时水流到自家院里。",
        station_id=mediator.station_id,
        mediator_id=mediator.id,
        lawyer_id=lawyer.id,
        state=SessionState.CLOSED,
        recording=RecordingState.DECLINED,
        requested_at=begun,
        attempt_at=begun,
        accepted_at=begun + timedelta(seconds=9),
        live_at=begun + timedelta(seconds=14),
        ended_at=begun + timedelta(minutes=40),
        closed_at=begun + timedelta(minutes=44),
        left_at=begun + timedelta(minutes=45),
    )
    write.add(session)
    await write.flush()
    write.add(Person(session_id=session.id, position=0, name="王小河", phone="13800000000"))
    write.add(
        Advice(
            session_id=session.id,
            author_id=lawyer.id,
            at=begun + timedelta(minutes=12),
            media_seconds=95.0,
            matter_code="02",
            advice="排水沟由两家共用，建议先恢复排水，再商量修沟的费用，由两家分担。",
            legal_basis=[
                {
                    "law": "中华人民共和国民法典",
                    "article": "第二百九十条",
                    "version_date": "2021-01-01",
                }
            ],
            next_step="一周内请村委会到现场看水沟",
        )
    )
    await write.flush()
    await index_session(write, session)
    return session.id


async def _photo(write: Transaction, chosen: settings.Settings, session_id: str) -> None:
    """A photo of evidence that the mediator gave, though nothing was recorded."""
    session = await write.get_one(Session, session_id)
    giver = Participant(
        session_id=session.id,
        account_id=session.mediator_id,
        role=Role.MEDIATOR,
        name="赵春山",
        place=1,
        state=ParticipantState.LEFT,
    )
    write.add(giver)
    await write.flush()
    ident, pictures = new_id(), (picture_of((1200, 900)), picture_of((320, 240)))
    folder = chosen.recordings / session.id
    vault = vault_of(chosen)
    vault.prepare()
    files = await asyncio.to_thread(photos.keep, folder, ident, pictures, vault)
    write.add(
        Photo(
            id=ident,
            session_id=session.id,
            participant_id=giver.id,
            giver_id=session.mediator_id,
            audience=[],
            at=NOW - timedelta(hours=2, minutes=50),
            caption="2025年10月翻建前的院墙和排水沟，从王家院里向东拍",
            place_kept=True,
            width=1200,
            height=900,
            sha256=files[0].sha256,
            arrived_bytes=files[0].bytes,
            arrived_sha256=files[0].sha256,
            files=[asdict(one) for one in files],
        )
    )


async def _talk_apart(write: Transaction, session_id: str) -> None:
    """A talk apart that was recorded: one wants to watch it, another one was let."""
    people = await _people(write)
    party = await write.scalar(select(Person).where(Person.session_id == session_id))
    assert party is not None
    begun = NOW - timedelta(hours=2, minutes=40)
    policy = ApartPolicy(
        version="1", allowed=True, body="…", set_at=begun, set_by_id=people["admin"].id
    )
    talk = Caucus(
        session_id=session_id,
        person_id=party.id,
        lawyers=[],
        state=CaucusState.RETURNED,
        asked_at=begun,
        ended_at=begun + timedelta(minutes=8),
    )
    write.add_all([policy, talk])
    await write.flush()
    recording = ApartRecording(
        id=talk.id,
        session_id=session_id,
        version=policy.version,
        state=RecordingState.CLOSED,
        asked_at=begun,
        started_at=begun + timedelta(seconds=20),
    )
    write.add(recording)
    await write.flush()
    asked = ApartViewing(
        recording_id=talk.id,
        account_id=people["admin"].id,
        purpose="当事人申请核对单独谈话里提到的赔偿数额和付款日期，需要和调解协议第三条对照",
        state="asked",
        asked_at=NOW - timedelta(minutes=30),
    )
    approved = ApartViewing(
        recording_id=talk.id,
        account_id=people["supervisor"].id,
        purpose="质量抽查",
        state="approved",
        asked_at=NOW - timedelta(minutes=50),
        decided_by_id=people["admin"].id,
        decided_at=NOW - timedelta(minutes=40),
        expires_at=NOW + timedelta(hours=3),
    )
    write.add_all([asked, approved])


async def _serve_for_ever(port: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with whole_site(Path(folder), port=port) as site:
            for who, cookies in site.cookies.items():
                print(who, cookies)
            print(site.url, site.ids, flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve_for_ever(int(sys.argv[1])))
