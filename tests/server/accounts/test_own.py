"""One's own account: the password, and where one is signed in."""

import pytest

from server.accounts.agents import agent_words
from server.accounts.own import WrongOwnPassword
from server.accounts.policy import Policy, WeakPassword
from server.accounts.service import Visitor, WrongPassword
from server.accounts.throttle import TooManyTries
from server.storage.engine import Database
from server.storage.schema import Account
from server.web.principal import Principal
from signaling.errors import NotFound
from tests.server.house import PASSWORD, Browser, House, new_house

HERE = Visitor("192.0.2.1", "Chrome · Windows")
NEW = "四月的田野 has 3 paths"


async def signed_in(house: House, username: str = "lawyer", visitor: Visitor = HERE) -> Principal:
    login = await house.accounts.sign_in(username, PASSWORD, visitor)
    principal = await house.accounts.principal_of({"yuntiao": login.token})
    assert principal is not None
    return principal


async def test_new_password_counts_and_other_logins_end(house: House) -> None:
    here, there = await signed_in(house), await signed_in(house)
    await house.own.change_password(here, PASSWORD, NEW, "192.0.2.1")
    assert await house.accounts.still_open([here.login_hash, there.login_hash]) == {here.login_hash}
    with pytest.raises(WrongPassword):
        await house.accounts.sign_in("lawyer", PASSWORD, HERE)
    await house.accounts.sign_in("lawyer", NEW, HERE)


async def test_old_password_is_asked_and_guessing_it_waits(house: House) -> None:
    here = await signed_in(house)
    for _ in range(5):
        with pytest.raises(WrongOwnPassword):
            await house.own.change_password(here, "wrong", NEW, "192.0.2.1")
    with pytest.raises(TooManyTries):
        await house.own.change_password(here, PASSWORD, NEW, "192.0.2.1")


@pytest.mark.parametrize("weak", ["short-one", PASSWORD, "my name is Lawyer", "aaaaaaaabbbb"])
async def test_weak_passwords_are_refused(house: House, weak: str) -> None:
    here = await signed_in(house)
    with pytest.raises(WeakPassword):
        await house.own.change_password(here, PASSWORD, weak, "192.0.2.1")


async def test_list_shows_where_and_since(house: House) -> None:
    await signed_in(house, visitor=Visitor("198.51.100.7", "Firefox · Linux"))
    house.clock.forward(hours=1)
    here = await signed_in(house)
    first, second = await house.own.logins(here)
    assert (first.agent, first.address, first.here) == ("Chrome · Windows", "192.0.2.1", True)
    assert (second.agent, second.here) == ("Firefox · Linux", False)
    assert (first.since - second.since).total_seconds() == 3600


async def test_use_is_noted(house: House) -> None:
    login = await house.accounts.sign_in("lawyer", PASSWORD, HERE)
    house.clock.forward(minutes=40)
    principal = await house.accounts.principal_of({"yuntiao": login.token})
    assert principal is not None
    (one,) = await house.own.logins(principal)
    assert (one.used - one.since).total_seconds() == 2400


async def test_signing_out_elsewhere(house: House) -> None:
    here, there = await signed_in(house), await signed_in(house)
    other = await signed_in(house, "admin")
    (login_id,) = [one.id for one in await house.own.logins(there) if not one.here]
    (others_id,) = [one.id for one in await house.own.logins(other)]
    for strange in (others_id, "0" * 32, "%"):
        with pytest.raises(NotFound):
            await house.own.end_login(there, strange)
    await house.own.end_login(there, login_id)
    everybody = [one.login_hash for one in (here, there, other)]
    assert await house.accounts.still_open(everybody) == {there.login_hash, other.login_hash}


async def test_signing_out_everywhere_else(house: House) -> None:
    here = await signed_in(house)
    for _ in range(3):
        await signed_in(house)
    assert await house.own.end_other_logins(here) == 3
    assert [one.here for one in await house.own.logins(here)] == [True]


async def test_first_password_is_changed_before_anything_opens(small: Database) -> None:
    house = new_house(small, Policy(own_password=True))
    await house.fill()
    async with house.db.write() as write:
        for username in ("lawyer", "mediator"):
            account = await write.get_one(Account, house.people[username].id)
            account.first_password = True
    async with house.browser() as browser:
        await browser.sign_in(house, "lawyer")
        assert (await browser.get("/desk")).headers["Location"] == "/account"
        state = await (await browser.get("/api/account")).json()
        assert (state["owes"], state["first_password"]) == ("password", True)
        changed = await browser.post("/api/account/password", {"old": PASSWORD, "new": NEW})
        assert changed.status == 204
        assert (await browser.get("/desk")).status == 200
    async with house.browser() as terminal:
        await terminal.enrol(house)
        await terminal.sign_in_at_terminal(house, "mediator")
        assert (await terminal.get("/terminal")).headers["Location"] == "/account"
        assert 'data-surface="terminal"' in await (await terminal.get("/account")).text()


async def test_page_answers_over_http(small_house: House, browser: Browser) -> None:
    await browser.sign_in(small_house, "supervisor")
    assert "我的账号" in await (await browser.get("/account")).text()
    state = await (await browser.get("/api/account")).json()
    assert state["username"] == "supervisor"
    assert state["codes"] == {"offered": True, "required": False, "since": None, "on_paper": 0}
    assert [one["here"] for one in state["logins"]] == [True]
    assert (await browser.delete("/api/account/logins/xyz")).status == 404
    ended = await (await browser.post("/api/account/logins/end-others")).json()
    assert ended == {"ended": 0}


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/120 Safari/537", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17 Safari/605", "Safari · macOS"),
        ("Mozilla/5.0 (iPhone; CPU like Mac OS X) MicroMessenger/8", "微信 · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120", "Chrome · Android"),
        ("", "其他浏览器 · 其他系统"),
    ],
)
def test_browsers_in_words(user_agent: str, words: str) -> None:
    assert agent_words(user_agent) == words
