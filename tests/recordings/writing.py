"""A process that records in real time until it is killed: python -m tests.recordings.writing ROOT.

Its keys are in the folder ROOT-keys. It prints each packet's send time after handing it over, for
the test to know what was lost.
"""

import sys
import time
from pathlib import Path

from recordings.model import Codec, TrackKind
from recordings.recorder import Recorder
from tests.recordings import media
from tests.recordings.desk import RATES, SESSION, vault_in


def main(root: Path) -> None:
    """Record a camera and a microphone for four seconds."""
    vault = vault_in(Path(f"{root}-keys"))
    recorder = Recorder(root, lambda event: None, vault=vault)
    session = recorder.open_session(SESSION)
    rows = []
    for kind, codec, frames in (
        (TrackKind.CAMERA, Codec.VP8, media.video(Codec.VP8, 4)),
        (TrackKind.SCREEN, Codec.H264, media.video(Codec.H264, 4)),
        (TrackKind.MICROPHONE, Codec.OPUS, media.tone(4)),
    ):
        track = session.track("p1", kind, codec, RATES[codec])
        rows += [(sent.at, track, sent.data) for sent in media.packets(codec, frames)]
    begun = time.time()
    for at, track, data in sorted(rows, key=lambda row: row[0]):
        time.sleep(max(0.0, begun + at - time.time()))
        track.rtp(data, time.time())
        print(time.time(), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
