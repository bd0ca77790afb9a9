"""Pages found by person and by session; what has gone is found nowhere and leaves nothing."""

from hypothesis import given
from hypothesis import strategies as st

from server.live.connections import Connection, Connections
from server.web.principal import Principal
from signaling.rights import Role

IDS = st.sampled_from("abc")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), IDS, IDS),
        st.tuples(st.just("remove"), IDS, IDS),
        st.tuples(st.just("shows"), IDS, st.one_of(IDS, st.none())),
    )
)


def page(name: str, account: str) -> Connection:
    person = Principal(account, Role.LAWYER, "某人", None, None, "hash", "csrf")
    return Connection(name, person, {})


@given(STEPS)
def test_finds_whom_a_look_at_all_would_find(steps: list[tuple[str, str, str | None]]) -> None:
    pages, made = Connections(), {name: page(name, f"of {name}") for name in "abc"}
    here: set[str] = set()
    for step, name, what in steps:
        if step == "add":
            pages.add(made[name])
            here.add(name)
        elif step == "remove":
            gone = pages.remove(name)
            assert (gone is not None) == (name in here)
            here.discard(name)
            made[name] = page(name, f"of {name}")
        else:
            pages.shows(made[name], what)
    assert {one.id for one in pages.every()} == here
    for key in "abc":
        assert {one.id for one in pages.showing([key])} == {
            one.id for one in pages.every() if one.session == key
        }
        assert {one.id for one in pages.of([f"of {key}"])} == here & {key}


def test_keeps_nothing_of_pages_that_have_gone() -> None:
    pages, one = Connections(), page("1", "me")
    pages.add(one)
    pages.shows(one, "a session")
    pages.remove("1")
    pages.shows(one, "another")  # a view that was being computed when it went
    assert not pages.showing(["a session", "another"])
    assert not pages.of(["me"])
    assert not len(pages)
