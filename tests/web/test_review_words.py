"""The review pages have words for whatever the protocol can write into a session's record."""

import json
import shutil
import subprocess
from pathlib import Path

from signaling.consent import Subject
from signaling.events import EventType

WORDS = Path(__file__).parents[2] / "web/static/js/admin/words.js"
SAID = """
const { SUBJECTS, eventWords } = await import(process.argv[1]);
const { events, subjects } = JSON.parse(process.argv[2]);
const words = (type) => [type, eventWords({ type, body: {} })];
process.stdout.write(JSON.stringify({
  events: Object.fromEntries(events.map(words)),
  subjects: Object.fromEntries(subjects.map((subject) => [subject, SUBJECTS[subject] ?? ""])),
}));
"""


def test_every_event_and_every_subject_has_words() -> None:
    node = shutil.which("node")
    assert node is not None, "node 20 or newer is needed on PATH"
    known = {"events": list(EventType), "subjects": list(Subject)}
    said = subprocess.run(
        [node, "--input-type=module", "--eval", SAID, WORDS.as_uri(), json.dumps(known)],
        capture_output=True,
        check=True,
    )
    words: dict[str, dict[str, str]] = json.loads(said.stdout)
    assert {code for code, name in words["events"].items() if name == code} == set()
    assert {code for code, name in words["subjects"].items() if not name} == set()
    assert len(words["events"]) == len(EventType)
