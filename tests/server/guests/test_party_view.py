"""What a party's own page is sent: their own and the room's, nothing that is said of them."""

import json
from typing import Any

from server.storage.engine import Database
from tests.server.guests.lobby import Lobby
from tests.server.sessions.desk import PERSONS, open_desk
from tests.server.sessions.test_views import shape

NOTHING: dict[str, Any] = {
    "needs": [],
    "language": "",
    "facts": "",
    "queue": None,
    "lead": False,
    "conflict": False,
    "handing": None,
    "called": None,
    "advice": [],
    "receipt_at": None,
    "closed_at": None,
    "reason": "",
    "previous": None,
    "lobby": [],
}
TOLD = {
    *("id", "number", "kind", "matter", "station", "requested_at", "state", "live_at", "ended_at"),
    *("seq", "persons", "mediator", "lawyer", "participants", "recording", "hold", "media"),
    *("adjourned", "aside", "messages", "photos"),
}


async def test_a_party_is_shown_their_own_and_the_rooms(small: Database) -> None:
    desk = await open_desk(small)
    facts: dict[str, Any] = {
        "needs": ["violence", "elderly"],
        "language": "彝语",
        "facts": "他打人",
    }
    lobby = Lobby(desk, await desk.live(persons=PERSONS, **facts))
    await desk.advise(lobby.session)
    await desk.on_duty("second")
    asked = {"session": lobby.session, "lawyer": desk.id("second"), "kind": "transfer"}
    await desk.send("lawyer", "call.hand_over", asked)
    await lobby.inside("赵六")
    view = await desk.view("赵六")
    assert view.keys() == shape("PartyView")
    room = view["session"]
    assert room.keys() == shape("Card", "SessionView") == TOLD | NOTHING.keys()
    assert {name: room[name] for name in NOTHING} == NOTHING
    assert [one["name"] for one in room["persons"]] == ["赵六"]
    text = json.dumps(view, ensure_ascii=False)
    for secret in (
        "violence",
        "elderly",
        "彝语",
        "他打人",
        "先申请",
        "王建国",
        "李秀英",
        "某second",
    ):
        assert secret not in text, secret
