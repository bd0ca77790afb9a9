"""Ids and days that an address names: ours, or a clear no."""

from datetime import date

import pytest
from aiohttp.test_utils import make_mocked_request

from server.web.asked import day_in_query, id_in_path, id_in_query
from signaling.errors import NotFound, ProtocolError

OURS = "0123456789abcdef" * 2
STRANGE = [OURS[:-1], OURS + "0", OURS.upper(), OURS[:-1] + "\n", "../" + OURS[3:]]


def test_an_id_of_ours_is_taken() -> None:
    request = make_mocked_request("GET", f"/?who={OURS}", match_info={"id": OURS})
    assert id_in_path(request, "id") == id_in_query(request, "who") == OURS
    assert id_in_query(request, "other") is None


@pytest.mark.parametrize("strange", STRANGE, ids=range(len(STRANGE)))
def test_nothing_else_is_an_id(strange: str) -> None:
    request = make_mocked_request("GET", "/", match_info={"id": strange})
    with pytest.raises(NotFound):
        id_in_path(request, "id")
    request = make_mocked_request("GET", f"/?who={strange.strip()}x")
    with pytest.raises(ProtocolError):
        id_in_query(request, "who")


def test_a_day_of_this_century_is_taken() -> None:
    request = make_mocked_request("GET", "/?from=2026-11-23&to=")
    assert day_in_query(request, "from") == date(2026, 11, 23)
    assert day_in_query(request, "to") is None


@pytest.mark.parametrize("text", ["x", "2026-13-01", "1999-12-31", "2100-01-02", "9999-12-31"])
def test_other_days_are_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        day_in_query(make_mocked_request("GET", f"/?from={text}"), "from")
