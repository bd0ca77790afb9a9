"""What is noted when a viewing meets a file that is not what was recorded."""

import logging
from collections.abc import Callable
from datetime import datetime

from server.storage.engine import Database
from server.storage.schema import Segment
from server.tasks.kinds import TaskKind
from server.tasks.repository import open_task

log = logging.getLogger(__name__)

_TEXT = "播放时发现一段录像的文件与录制时不一致，没有播放。"


async def note_changed(
    db: Database, clock: Callable[[], datetime], session_id: str, segment: Segment
) -> None:
    """Log it, and open the task of a failed proof: the next round looks at the session anew."""
    extra = {"session": session_id, "segment": segment.id, "file": segment.file}
    log.error("review.segment_changed", extra=extra)
    async with db.write() as write:
        await open_task(write, TaskKind.PROOF_FAILED, session_id, clock(), {"text": _TEXT})
