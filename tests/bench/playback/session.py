"""A recorded session whose media stands on the time line again and again, for some hours."""

import hashlib
from fractions import Fraction
from pathlib import Path

import av
from av.filter import Graph
from av.video.frame import PictureType

from recordings.model import Codec
from server.archive import Library
from server.storage.schema import ArchiveFile
from signaling.rights import Role
from tests.recordings.media import Coded, packets, tone
from tests.server.review.archive import NOON, Archive
from tests.server.review.recorded import CUT_S, END_S, GAP, Sender, record, repeat

_RATE = 30


async def long_session(archive: Archive, root: Path, hours: float, keys_s: float) -> str:
    """Record 48 s below ``root`` and repeat them; returns the session's id.

    Two people, 720p at 1.3 Mbit/s. A key frame comes where a segment begins, and every ``keys_s``.
    """
    camera, sound = packets(Codec.VP8, _pictures(keys_s)), packets(Codec.OPUS, tone(END_S))
    people = tuple(Sender(role, Codec.VP8, camera, sound) for role in (Role.LAWYER, Role.MEDIATOR))
    session = await record(archive, root, people)
    await repeat(archive, int(hours * 3600 / END_S))
    return session


def _pictures(keys_s: float) -> tuple[Coded, ...]:
    encoder = av.CodecContext.create("libvpx", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 1280, 720, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, _RATE), Fraction(_RATE)
    encoder.bit_rate, encoder.gop_size = 1_300_000, 1_000_000
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    pictures = Graph()
    source = pictures.add("testsrc2", f"size=1280x720:rate={_RATE}")
    grain = pictures.add("noise", "alls=8:allf=t")
    pictures.link_nodes(
        source, grain, pictures.add("format", "yuv420p"), pictures.add("buffersink")
    )
    pictures.configure()
    begins = {0.0, CUT_S, GAP[1]}
    coded: list[Coded] = []
    for number in range(int(END_S * _RATE)):
        frame, at = pictures.vpull(), number / _RATE
        is_key = at in begins or at % keys_s == 0
        frame.pts, frame.pict_type = number, PictureType.I if is_key else PictureType.NONE
        coded += [Coded(at, bytes(packet)) for packet in encoder.encode(frame)]
    return tuple(coded)


async def archived(library: Library, session: str) -> None:
    """Store all media of the session, and remove it here."""
    folder = library.recordings / session
    for path in sorted(path for path in folder.glob("*/*") if path.is_file()):
        file = path.relative_to(folder).as_posix()
        data = path.read_bytes()
        await library.store.put(f"{session}/{file}", path)
        async with library.db.write() as db:
            db.add(
                ArchiveFile(
                    session_id=session,
                    file=file,
                    bytes=len(data),
                    sha256=hashlib.sha256(data).hexdigest(),
                    stored_at=NOON,
                    local_since=NOON,
                    removed_at=NOON,
                )
            )
        path.unlink()
