"""Words of Chinese texts: what is stored can be asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.review.words import chunks_of, fold, fold_with_origin, words_of, words_to_ask


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("宅基地", {"宅", "基", "地", "宅基", "基地"}),
        ("第1260条", {"第", "1260", "条"}),
        ("ＡＢＣ　离婚", {"abc", "离", "婚", "离婚"}),
        ("甲，乙", {"甲", "乙"}),
        ("", set()),
    ],
)
def test_words_of_a_text(text: str, words: set[str]) -> None:
    assert words_of(fold(text)) == words


@pytest.mark.parametrize(
    ("typed", "chunks"),
    [
        ("宅基地 纠纷", ["宅基地", "纠纷"]),
        ("宅基地，纠纷。宅基地", ["宅基地", "纠纷"]),
        ("第１２６０条", ["第1260条"]),
        ("  ……!? ", []),
        ('"AND OR NOT* (', ["and", "or", "not"]),
    ],
)
def test_what_is_typed_is_cut_into_chunks(typed: str, chunks: list[str]) -> None:
    assert chunks_of(typed) == chunks


def test_a_single_character_is_asked_for_itself_and_a_word_by_its_pairs() -> None:
    assert words_to_ask("狗") == {"狗"}
    assert words_to_ask("宅基地") == {"宅基", "基地"}


texts = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("宅基地离婚第条1aＡ， "))
)


@given(texts, st.data())
def test_every_chunk_that_stands_in_a_text_asks_only_for_words_the_text_has(
    text: str, data: st.DataObject
) -> None:
    whole = chunks_of(text)
    if whole:
        chunk = data.draw(st.sampled_from(whole))
        assert words_to_ask(chunk) <= words_of(fold(text))
        assert chunk in fold(text)


@given(texts)
def test_folding_remembers_where_each_character_came_from(text: str) -> None:
    folded = fold_with_origin(text)
    assert folded.text == fold(text)
    assert len(folded.origin) == len(folded.text)
    assert all(
        fold(text[at]).find(char) >= 0 for char, at in zip(folded.text, folded.origin, strict=True)
    )
