"""A recorded talk apart beside its session: chained, sealed, proven, copied and erased with it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from recordings import bundle
from recordings.erasure import erased
from recordings.verify import Witness, verify
from server.consents.command import lines, show_consents
from server.consents.report import reports_apart
from server.evidence.command import write_bundle
from server.evidence.statements import statements_apart
from server.settings import Settings, load
from server.storage.schema import ApartConsent, ApartViewing
from tests.server.apart.kept import files, record, talk_apart
from tests.server.retention.conftest import Keep
from tests.support.tamper import bent

WHY = {"reason": "保管期满"}


def settings_of(keep: Keep) -> Settings:
    data = keep.talks.root.parent
    return load(
        {
            "YUNTIAO_DATA": str(data),
            "YUNTIAO_DATABASE_URL": keep.talks.archive.db.engine.url.render_as_string(False),
            "YUNTIAO_MASTER_KEY": f"file:{data / 'keys' / 'master.key'}",
        }
    )


async def witness(keep: Keep, recording: str) -> Witness:
    async with keep.talks.archive.db.read() as db:
        return Witness(keep.talks.key.public, await statements_apart(db, recording))


async def test_it_is_chained_signed_and_bound_to_its_consents(keep: Keep) -> None:
    session, recording = await talk_apart(keep.talks)
    folder = keep.talks.root / recording
    assert verify(folder, witness=await witness(keep, recording)) == []
    own = (keep.talks.root / session / "facts.jsonl").read_text("utf-8")
    async with keep.talks.archive.db.write() as db:
        answers = await statements_apart(db, recording)
        assert not [one for one in answers if one.id in own], "nothing of it in the session's chain"
        await db.execute(update(ApartConsent).values(given=False))
    assert verify(folder, witness=await witness(keep, recording)) != []


async def test_what_a_crash_left_is_finished_and_signed(small_keep: Keep) -> None:
    talks = small_keep.talks
    _, recording = await talk_apart(talks)
    folder = talks.root / recording
    journal = (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "manifest.jsonl").unlink()
    (folder / "journal.jsonl").write_bytes(b"".join(journal[:-1]))  # killed before it closed
    await talks.keep()
    assert verify(folder, witness=await witness(small_keep, recording)) == []


async def test_the_nightly_proof_looks_at_it(small_keep: Keep) -> None:
    talks = small_keep.talks
    session, recording = await talk_apart(talks)
    await talks.nights().prove_nightly()
    proof = await talks.proof(session)
    assert proof is not None
    assert [one["kind"] for one in proof.detail["findings"]] == ["without_consent"] or (
        proof.state == "whole"
    )
    (file, *_) = [one for one in files(talks.root / recording) if one.suffix == ".webm"]
    file.write_bytes(bent(file.read_bytes()))
    talks.now += timedelta(days=40)
    await talks.nights().prove_nightly()
    proof = await talks.proof(session)
    assert proof is not None
    assert proof.state == "broken"
    places = [one.get("where", "") for one in proof.detail["findings"]]
    assert f"{recording}/{file.relative_to(talks.root / recording)}" in places


async def test_it_is_erased_with_its_session(small_keep: Keep) -> None:
    keep = small_keep
    session, recording = await talk_apart(keep.talks)
    own = f"/api/sessions/{session}"
    assert await keep.code(f"{own}/deletion", WHY) == ""
    assert await keep.code(f"{own}/deletion/confirm", who="second") == ""
    await keep.jobs().erase_confirmed()
    for name in (session, recording):
        folder = keep.talks.root / name
        assert erased(folder) is not None
        assert verify(folder) == []
        assert not [one for one in files(folder) if one.suffix == ".webm"]
        assert not keep.talks.vault.idents(name)


async def test_every_recorded_second_has_its_consent(
    small_keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    talks = small_keep.talks
    session, recording = await talk_apart(talks)
    async with talks.archive.db.read() as db:
        (report,) = await reports_apart(db, talks.root, session)
    assert report.uncovered == []
    told = "\n".join(lines(report))
    assert f"talk apart {recording}: 4.0 s" in told
    assert "王小河" in told
    assert "wording apart-1" in told
    await show_consents(settings_of(small_keep), session)
    assert told in capsys.readouterr().out


@pytest.mark.parametrize("stranger", [False, True])
async def test_a_second_without_consent_is_shown(small_keep: Keep, stranger: bool) -> None:
    """The party refused, or a track is there of somebody who was never asked."""
    talks = small_keep.talks
    session, recording = await talk_apart(talks, agreed=stranger)
    if stranger:
        record(talks, recording, [talks.participants[1]])
    async with talks.archive.db.read() as db:
        (report,) = await reports_apart(db, talks.root, session)
    assert {report.names[one.who] for one in report.uncovered} == {
        "陈律师" if stranger else "王小河"
    }
    assert await show_consents(settings_of(small_keep), session) == 1


async def test_no_bundle_of_the_session_holds_it_and_its_own_verifies(
    small_keep: Keep, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep = small_keep
    session, recording = await talk_apart(keep.talks)
    settings = settings_of(keep)
    assert await write_bundle(settings, session, tmp_path / "own") == 0
    content = b"".join(path.read_bytes() for path in files(tmp_path / "own"))
    assert recording.encode() not in content
    assert await write_bundle(settings, recording, tmp_path / "none") == 1
    assert "second person" in capsys.readouterr().err
    async with keep.talks.archive.db.write() as db:
        now = datetime.now(UTC)
        db.add(
            ApartViewing(
                recording_id=recording,
                account_id=keep.talks.archive.admin,
                purpose="复核",
                state="approved",
                asked_at=now,
                expires_at=now + timedelta(hours=4),
            )
        )
    assert await write_bundle(settings, recording, tmp_path / "apart") == 0
    folder = bundle.session_in(tmp_path / "apart")
    assert folder is not None
    assert folder.name == recording
    stated = bundle.statements_in(tmp_path / "apart")
    assert verify(folder, witness=Witness(keep.talks.key.public, stated)) == []
    assert len(stated) == 2
