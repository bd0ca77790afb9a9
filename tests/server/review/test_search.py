"""Search on SQLite and PostgreSQL alike: words, filters, pages."""

from datetime import date, timedelta
from typing import Any

import pytest

from server.review.filters import (
    DatesReversed,
    NoWords,
    QueryTooLong,
    search_query,
)
from server.review.repository import search
from server.review.repository.index import index_session
from server.review.repository.search import find
from server.review.words import filter_word
from server.storage.schema import Session
from signaling.commands import SessionKind
from signaling.errors import ProtocolError
from tests.server.review.archive import NOON, Archive


async def found(archive: Archive, **given: str) -> list[str]:
    names = {name.removesuffix("_"): value for name, value in given.items()}
    async with archive.db.read() as db:
        return (await find(db, search_query(names))).ids


async def test_words_in_facts_and_in_advice_are_found(archive: Archive) -> None:
    land = await archive.session("两家因宅基地边界争执", advice=("先申请确权",))
    care = await archive.session("老人要求子女赡养", advice=("依照民法典第1067条",))
    assert await found(archive, q="宅基") == [land]
    assert await found(archive, q="确权") == [land]
    assert await found(archive, q="赡养") == [care]
    assert await found(archive, q="第1067条") == [care]
    assert await found(archive, q="民法典第３６２条") == [care, land]
    assert await found(archive, q="养") == [care]
    assert await found(archive, q="老人 确权") == []
    assert await found(archive, q="老人 民法典") == [care]


async def test_characters_must_stand_together(archive: Archive) -> None:
    apart = await archive.session("宅基与基地，不是同一回事")
    assert await found(archive, q="宅基地") == []
    assert await found(archive, q="宅基 基地") == [apart]


async def test_what_looks_like_search_syntax_is_only_words(archive: Archive) -> None:
    odd = await archive.session("合同写明 AND 条款 100% 'x' OR near")
    assert await found(archive, q="'x' OR") == [odd]
    assert await found(archive, q='x" OR "none') == []
    assert await found(archive, q="AND NOT 100%") == []


async def test_rare_characters_are_words_too(archive: Archive) -> None:
    rare = await archive.session("当事人𬭎某与㐀某，བོད 和 ئۇيغۇر")
    for word in ("𬭎", "𬭎某", "㐀", "བོད", "ئۇيغۇر"):
        assert await found(archive, q=word) == [rare]


async def test_later_advice_is_found_and_a_row_is_written_anew(archive: Archive) -> None:
    one = await archive.session("邻里噪声")
    async with archive.db.write() as db:
        session = await db.get_one(Session, one)
        session.facts = "相邻通风"
        session.seq += 1
        await index_session(db, session)
    assert await found(archive, q="通风") == [one]
    assert await found(archive, q="噪声") == []


FILTERS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"kind": SessionKind.CONSULTATION}, {"kind": "consultation"}),
    ({"matter_code": "family"}, {"matter": "family"}),
    ({"recording_at": NOON}, {"recorded": "yes"}),
    ({"requested_at": NOON - timedelta(days=3)}, {"to": "2026-11-20"}),
    ({"requested_at": NOON + timedelta(days=3)}, {"from_": "2026-11-26"}),
]


@pytest.mark.parametrize(("values", "given"), FILTERS)
async def test_each_filter_alone_and_with_words(
    archive: Archive, values: dict[str, Any], given: dict[str, str]
) -> None:
    await archive.session("宅基地")
    wanted = await archive.session("宅基地", **values)
    assert await found(archive, **given) == [wanted]
    assert await found(archive, q="宅基地", **given) == [wanted]
    assert await found(archive, q="离婚", **given) == []


async def test_station_lawyer_number_and_parent_matter(archive: Archive) -> None:
    first = await archive.session("甲")
    second = await archive.session(
        "乙", station_id=archive.stations[1], lawyer_id=archive.lawyers[1]
    )
    assert await found(archive, station=archive.stations[1]) == [second]
    assert await found(archive, lawyer=archive.lawyers[0]) == [first]
    assert await found(archive, matter="land") == [second, first]
    assert await found(archive, q="20261123-000001") == [first]
    assert await found(archive, q="２０２６１１２３－０００００２") == [second]


async def test_a_matter_code_may_have_any_sign(archive: Archive) -> None:
    odd = await archive.session("甲", matter_code="land.homestead")
    assert await found(archive, matter="land.homestead") == [odd]
    assert await found(archive, matter="homestead") == []
    assert filter_word("m", "land.x") != filter_word("m", "landx")
    assert filter_word("m", "a.b") != filter_word("m", "612e62")


async def test_no_typed_word_is_a_filter(archive: Archive) -> None:
    await archive.session("甲", station_id=archive.stations[1])
    assert await found(archive, q=filter_word("s", archive.stations[1])) == []


async def test_a_day_is_a_day_in_china(archive: Archive) -> None:
    # 23:30 UTC on the 23rd is the morning of the 24th in Shanghai.
    late = await archive.session("甲", requested_at=NOON.replace(hour=23, minute=30))
    for extra in ({}, {"q": "甲"}):
        assert await found(archive, from_="2026-11-24", to="2026-11-24", **extra) == [late]
        assert await found(archive, from_="2026-11-23", to="2026-11-23", **extra) == []


async def test_pages_are_newest_first_and_complete(archive: Archive) -> None:
    ids = [await archive.session("宅基地") for _ in range(45)]
    for given in ({}, {"q": "宅基"}):
        pages = [await found(archive, page=str(page), **given) for page in (1, 2, 3, 4)]
        assert [len(page) for page in pages] == [20, 20, 5, 0]
        assert [one for page in pages for one in page] == ids[::-1]


async def test_many_hits_over_the_years_come_newest_first(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 40)
    months = [NOON - timedelta(days=25 * number) for number in range(60)]
    ids = [await archive.session("宅基地", requested_at=at) for at in months]
    for page, wanted in ((1, ids[:20]), (2, ids[20:40])):
        assert await found(archive, q="宅基", page=str(page)) == wanted
    assert (
        await found(archive, q="宅基", to="2025-06-01")
        == [one for one, at in zip(ids, months, strict=True) if at.date() <= date(2025, 6, 1)][:20]
    )


@pytest.mark.parametrize(
    "given",
    [
        {"station": "x"},
        {"lawyer": "../etc"},
        {"kind": "other"},
        {"matter": "a b"},
        {"recorded": "maybe"},
        {"from": "yesterday"},
        {"to": "9999-12-31"},
        {"from": "0001-01-01"},
        {"page": "0"},
        {"page": "51"},
        {"page": "١"},
        {"limit": "100"},
    ],
)
def test_what_our_page_never_sends_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ProtocolError, match="bad_query"):
        search_query(given)


def test_what_people_type_wrong_is_explained() -> None:
    with pytest.raises(NoWords):
        search_query({"q": "，。！"})
    with pytest.raises(QueryTooLong):
        search_query({"q": "长" * 101})
    with pytest.raises(QueryTooLong):
        search_query({"q": " ".join("甲乙丙丁戊己庚辛壬")})
    with pytest.raises(DatesReversed):
        search_query({"from": "2026-11-24", "to": "2026-11-23"})
