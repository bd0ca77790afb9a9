"""A checkpoint each day, in the district's own days, each naming the one before."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recordings.checkpoint import read
from recordings.keys import signing_key
from recordings.model import Codec
from server.evidence import Checkpoints
from tests.recordings import media
from tests.recordings.desk import SESSION, desk

# One minute to midnight in China.
LATE = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)


async def test_one_a_day_and_never_twice(tmp_path: Path) -> None:
    now, key = [LATE], signing_key(tmp_path / "keys")
    made = Checkpoints(tmp_path / "recordings", tmp_path / "daily", key, lambda: now[0])
    await made.make_daily()
    assert not (tmp_path / "daily").exists()  # nothing has ever been recorded
    with desk(tmp_path / "recordings", key=key) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(1))))
        it.close()
    for _ in range(3):
        await made.make_daily()
        now[0] += timedelta(seconds=31)
    first, second = sorted((tmp_path / "daily").iterdir())
    assert [first.name, second.name] == ["2026-11-23.jsonl", "2026-11-24.jsonl"]
    kept = read(first.read_bytes())
    kept.check_signed(key.public)
    assert (kept.at, set(kept.heads)) == (LATE.timestamp(), {SESSION})
    assert json.loads(second.read_bytes().splitlines()[0])["previous"] == kept.sha256
