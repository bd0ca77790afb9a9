"""Review over HTTP: who may, what is noted, and what a browser gets of a segment."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from sqlalchemy import select

from server.storage.schema import Segment, Task
from signaling.rights import Role
from signaling.session import SessionState
from tests.server.review.archive import NOON, Archive
from tests.server.review.site import ReviewSite, principal, review_site
from tests.support.tamper import bent

CONTENT = bytes(range(256)) * 40
SOMEBODY = "ab" * 16


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Rights and bytes do not depend on the database: SQLite alone."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
async def site(archive: Archive, tmp_path: Path) -> AsyncIterator[ReviewSite]:
    people = {role.value: principal(archive.mediator, role) for role in Role}
    people["admin"] = principal(archive.admin, Role.ADMIN)
    people["other"] = principal(archive.lawyers[0], Role.ADMIN)
    async with review_site(archive.db, tmp_path / "recordings", people) as site:
        yield site


async def recorded(archive: Archive, tmp_path: Path, **values: Any) -> tuple[str, str]:
    """A session with one segment of known bytes: their ids."""
    session = await archive.session("宅基地边界", ("先申请确权",), recording_at=NOON, **values)
    participant = await archive.participant(session, archive.lawyers[0], Role.LAWYER, 0)
    path = tmp_path / "recordings" / session / participant / "camera-000001.webm"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    return session, await archive.segment(session, participant, bytes=len(CONTENT), sha256=sha256)


async def opened(site: ReviewSite, session: str, who: str = "admin") -> str:
    answer = await site.post(f"/api/sessions/{session}/viewings", {"purpose": "投诉核查"}, who)
    assert answer.status == 201, await answer.text()
    return str((await answer.json())["viewing"])


async def code_of(answer: ClientResponse) -> tuple[int, str]:
    return answer.status, (await answer.json())["code"]


async def test_a_search_answers_cards_with_quotations(site: ReviewSite, archive: Archive) -> None:
    session = await archive.session("两家因宅基地边界争执", ("先申请确权", "保持现状"))
    answer = await (await site.get("/api/sessions?q=确权")).json()
    assert (answer["total"], answer["page"], answer["more"]) == (1, 1, False)
    (item,) = answer["items"]
    assert (item["id"], item["advice_count"]) == (session, 2)
    assert item["station"] == "青山镇司法所"
    assert item["lawyer"] == "陈律师"
    assert item["snippet"] == [{"text": "先申请", "hit": False}, {"text": "确权", "hit": True}]


async def test_a_wrong_search_is_explained(site: ReviewSite) -> None:
    assert await code_of(await site.get("/api/sessions?page=x")) == (400, "bad_query")
    assert await code_of(await site.get("/api/sessions?q=%EF%BC%8C")) == (422, "no_words")


async def test_the_detail_holds_everything_written_and_reading_is_noted(
    site: ReviewSite, archive: Archive, tmp_path: Path
) -> None:
    session, _ = await recorded(archive, tmp_path)
    viewing = await opened(site, session)
    detail = await (await site.get(f"/api/sessions/{session}")).json()
    assert detail["facts"] == "宅基地边界"
    assert detail["persons"][0]["name"] == "张三"
    assert detail["recording"]["segments"] == 1
    assert detail["may_watch"] is True
    entry = detail["advice"][0]
    assert entry["moment"] == (NOON + timedelta(seconds=30)).timestamp() * 1000
    (seen,) = detail["viewings"]
    assert (seen["id"], seen["name"], seen["purpose"]) == (viewing, "周管理员", "投诉核查")
    log = await (await site.get("/api/audit")).json()
    noted = {(entry["action"], entry["subject"]) for entry in log["items"]}
    assert noted >= {("session_read", session), ("recording_opened", session)}


READ = ("/api/sessions", "/api/sessions/{session}", "/admin", "/admin/sessions/{session}")


@pytest.mark.parametrize("role", list(Role))
async def test_roles(site: ReviewSite, archive: Archive, tmp_path: Path, role: Role) -> None:
    session, segment = await recorded(archive, tmp_path)
    viewing = await opened(site, session)
    reads = role in (Role.ADMIN, Role.SUPERVISOR)
    for path in READ:
        answer = await site.get(path.format(session=session), role.value)
        assert answer.status == (200 if reads else 403), path
    watches = role is Role.ADMIN
    body = {"purpose": "投诉核查"}
    answer = await site.post(f"/api/sessions/{session}/viewings", body, role.value)
    assert answer.status == (201 if watches else 403)
    answer = await site.get(f"/api/viewings/{viewing}/segments/{segment}", role.value)
    assert answer.status == (200 if watches else 403)


async def test_nobody_signed_in(site: ReviewSite, archive: Archive) -> None:
    session = await archive.session("甲")
    assert (await site.get(f"/api/sessions/{session}", "nobody")).status == 401
    assert (await site.get("/api/sessions", "nobody")).status == 401


@pytest.mark.parametrize("purpose", ["", "   ", "长" * 201, "a\x00b", 5, None])
async def test_without_a_purpose_nothing_is_opened(
    site: ReviewSite, archive: Archive, tmp_path: Path, purpose: object
) -> None:
    session, _ = await recorded(archive, tmp_path)
    answer = await site.post(f"/api/sessions/{session}/viewings", {"purpose": purpose})
    assert await code_of(answer) == (400, "bad_message")
    detail = await (await site.get(f"/api/sessions/{session}")).json()
    assert detail["viewings"] == []


async def test_what_cannot_be_watched(site: ReviewSite, archive: Archive, tmp_path: Path) -> None:
    body = {"purpose": "投诉核查"}
    silent = await archive.session("没有录像")
    answer = await site.post(f"/api/sessions/{silent}/viewings", body)
    assert await code_of(answer) == (409, "not_recorded")
    live, _ = await recorded(archive, tmp_path, state=SessionState.LIVE)
    answer = await site.post(f"/api/sessions/{live}/viewings", body)
    assert await code_of(answer) == (409, "not_over_yet")
    answer = await site.post(f"/api/sessions/{SOMEBODY}/viewings", body)
    assert await code_of(answer) == (404, "not_found")


async def test_the_time_line_names_segments_by_id_alone(
    site: ReviewSite, archive: Archive, tmp_path: Path
) -> None:
    session, segment = await recorded(archive, tmp_path)
    answer = await site.post(f"/api/sessions/{session}/viewings", {"purpose": "投诉核查"})
    line = (await answer.json())["timeline"]
    start = NOON.timestamp() * 1000
    assert (line["start"], line["end"]) == (start, start + 10_000)
    (track,) = line["tracks"]
    assert (track["name"], track["role"], track["track"]) == ("陈律师", "lawyer", "camera")
    assert track["segments"] == [
        {
            "id": segment,
            "start": start,
            "seconds": 10.0,
            "mime": 'video/webm; codecs="vp8"',
            "bytes": len(CONTENT),
        }
    ]


SIZE = len(CONTENT)
PARTS = [
    (None, 200, CONTENT, None),
    ("bytes=0-", 206, CONTENT, f"bytes 0-{SIZE - 1}/{SIZE}"),
    ("bytes=10-19", 206, CONTENT[10:20], f"bytes 10-19/{SIZE}"),
    ("bytes=-5", 206, CONTENT[-5:], f"bytes {SIZE - 5}-{SIZE - 1}/{SIZE}"),
    ("bytes=-999999", 206, CONTENT, f"bytes 0-{SIZE - 1}/{SIZE}"),
    (f"bytes={SIZE - 1}-{SIZE * 2}", 206, CONTENT[-1:], f"bytes {SIZE - 1}-{SIZE - 1}/{SIZE}"),
]


@pytest.mark.parametrize(("asked", "status", "content", "named"), PARTS)
async def test_a_segment_and_parts_of_it(
    site: ReviewSite,
    archive: Archive,
    tmp_path: Path,
    asked: str | None,
    status: int,
    content: bytes,
    named: str | None,
) -> None:
    session, segment = await recorded(archive, tmp_path)
    viewing = await opened(site, session)
    headers = {"Range": asked} if asked else None
    answer = await site.get(f"/api/viewings/{viewing}/segments/{segment}", headers=headers)
    assert answer.status == status
    assert await answer.read() == content
    assert answer.headers.get("Content-Range") == named
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == 'video/webm; codecs="vp8"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_segment_since_a_moment(site: ReviewSite, archive: Archive, tmp_path: Path) -> None:
    session, segment = await recorded(archive, tmp_path)
    viewing = await opened(site, session)
    path = f"/api/viewings/{viewing}/segments/{segment}"
    answer = await site.get(f"{path}?since=1.5")
    # No file of the recorder's: it goes as it is.
    assert (answer.status, await answer.read()) == (200, CONTENT)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == 'video/webm; codecs="vp8"'
    for wrong in ("-1", "1e3", "nan", "１", "1.5.", "9999999", "1 "):
        assert await code_of(await site.get(f"{path}?since={wrong}")) == (400, "bad_query")


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=99999-",
        "bytes=5-1",
        "bytes=-0",
        "bytes=-",
        "bytes=0-1,4-5",
        "items=0-1",
        "x",
        "",
        f"bytes={'9' * 400}-",
        "bytes=１-２",
    ],
)
async def test_a_bad_range(site: ReviewSite, archive: Archive, tmp_path: Path, asked: str) -> None:
    session, segment = await recorded(archive, tmp_path)
    viewing = await opened(site, session)
    path = f"/api/viewings/{viewing}/segments/{segment}"
    assert await code_of(await site.get(path, headers={"Range": asked})) == (416, "bad_range")


async def test_a_viewing_is_its_viewers_and_ends(
    site: ReviewSite, archive: Archive, tmp_path: Path
) -> None:
    session, segment = await recorded(archive, tmp_path)
    viewing = await opened(site, session)
    path = f"/api/viewings/{viewing}/segments/{segment}"
    assert await code_of(await site.get(path, "other")) == (404, "not_found")
    site.now += timedelta(hours=4)
    assert await code_of(await site.get(path)) == (403, "viewing_expired")


async def test_a_viewing_opens_its_own_session_alone(
    site: ReviewSite, archive: Archive, tmp_path: Path
) -> None:
    one, _ = await recorded(archive, tmp_path)
    _, foreign = await recorded(archive, tmp_path)
    viewing = await opened(site, one)
    path = f"/api/viewings/{viewing}/segments/{foreign}"
    assert await code_of(await site.get(path)) == (404, "not_found")


@pytest.mark.parametrize(
    "trick",
    ["../../secret.txt", "/etc/passwd", "%2e%2e/secret.txt", "a\x01b", "link.webm", "", "."],
)
async def test_a_row_cannot_lead_out_of_its_folder(
    site: ReviewSite, archive: Archive, tmp_path: Path, trick: str
) -> None:
    session, segment = await recorded(archive, tmp_path)
    (tmp_path / "recordings" / "secret.txt").write_text("secret")
    (tmp_path / "recordings" / session / "link.webm").symlink_to(tmp_path / "test.db")
    async with archive.db.write() as db:
        (await db.get_one(Segment, segment)).file = trick
    viewing = await opened(site, session)
    path = f"/api/viewings/{viewing}/segments/{segment}"
    assert await code_of(await site.get(path)) == (404, "segment_missing")


async def test_another_file_is_not_shown_and_somebody_is_told(
    site: ReviewSite, archive: Archive, tmp_path: Path
) -> None:
    session, segment = await recorded(archive, tmp_path)
    viewing = await opened(site, session)
    path = f"/api/viewings/{viewing}/segments/{segment}"
    (file,) = (tmp_path / "recordings" / session).glob("*/*.webm")
    assert (await site.get(path)).status == 200
    file.write_bytes(bent(CONTENT))
    for asked in (path, f"{path}?since=1.5", f"{path}/picture"):
        answer = await site.get(asked, headers={"Range": "bytes=0-9"})
        assert await code_of(answer) == (409, "segment_changed"), asked
    async with archive.db.read() as db:
        (task,) = (await db.scalars(select(Task))).all()
    assert (task.kind, task.subject, task.done_at) == ("proof_failed", session, None)
    assert "不一致" in task.detail["text"]
    file.write_bytes(CONTENT)
    assert await (await site.get(path)).read() == CONTENT


@pytest.mark.parametrize(
    "path",
    [
        "/api/viewings/{viewing}/segments/..%2f..%2ftest.db",
        "/api/viewings/{viewing}/segments/" + SOMEBODY,
        "/api/viewings/" + SOMEBODY + "/segments/{segment}",
        "/api/viewings/{viewing}/segments/%00",
        "/api/viewings/*/segments/{segment}",
        "/api/sessions/..%2fadmin",
    ],
)
async def test_path_tricks_find_nothing(
    site: ReviewSite, archive: Archive, tmp_path: Path, path: str
) -> None:
    session, segment = await recorded(archive, tmp_path)
    viewing = await opened(site, session)
    answer = await site.get(path.format(viewing=viewing, segment=segment))
    assert await code_of(answer) == (404, "not_found")


async def test_pages_hold_nothing_inline(
    site: ReviewSite, archive: Archive, tmp_path: Path
) -> None:
    session, _ = await recorded(archive, tmp_path)
    for path in ("/admin", f"/admin/sessions/{session}"):
        page = await (await site.get(path)).text()
        assert "style=" not in page
        assert "onclick" not in page.lower()
        assert page.count("<script") == page.count("<script type=")
