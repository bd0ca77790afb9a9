"""Log lines: an event, ids, and never an exception's words."""

import json
import logging
import sys

from server.logs import JsonLines, request_id, tracing, usable_id


def line(**extra: object) -> dict[str, object]:
    record = logging.LogRecord("yuntiao.x", logging.INFO, __file__, 1, "call.opened", (), None)
    vars(record).update(extra)
    told: dict[str, object] = json.loads(JsonLines().format(record))
    return told


def test_event_and_ids() -> None:
    told = line(session="abc", count=2)
    assert (told["event"], told["level"], told["session"], told["count"]) == (
        "call.opened",
        "info",
        "abc",
        2,
    )
    assert str(told["at"]).endswith("+00:00")


def test_exception_is_kind_and_places_without_words() -> None:
    try:
        raise ValueError("张三说的话")
    except ValueError:
        told = line(exc_info=sys.exc_info())
    assert told["error_kind"] == "ValueError"
    assert "test_logs.py" in str(told["where"])
    assert "张三" not in str(told)


def test_anything_can_be_written() -> None:
    assert line(thing={1, 2})["thing"]


def test_what_runs_within_a_request_has_its_ids() -> None:
    with tracing(request_id="abcdefgh", session=""):
        with tracing(session="s" * 32):
            told = line()
            assert request_id() == "abcdefgh"
        outer = line()
    assert (told["request_id"], told["session"]) == ("abcdefgh", "s" * 32)
    assert "session" not in outer
    assert "request_id" not in line()


def test_an_id_from_outside_is_bounded() -> None:
    assert usable_id("a1b2-c3d4") == "a1b2-c3d4"
    for given in ("short", "x" * 65, "王建国王建国王建国", "a b c d e f", None, 12345678):
        assert usable_id(given) == ""
