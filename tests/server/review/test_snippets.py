"""Quotations show the words as they were written."""

from server.review.snippets import Piece, find, quote


def test_hits_are_marked_in_the_original_text() -> None:
    pieces = quote(["当事人因ＡＢＣ公司与宅基地发生纠纷"], ["abc", "宅基地"])
    assert pieces == [
        Piece("当事人因", False),
        Piece("ＡＢＣ", True),
        Piece("公司与", False),
        Piece("宅基地", True),
        Piece("发生纠纷", False),
    ]


def test_a_long_text_is_quoted_around_its_first_hit() -> None:
    pieces = quote(["甲" * 300 + "赡养" + "乙" * 300], ["赡养"])
    assert pieces[0] == Piece("…", False)
    assert pieces[2] == Piece("赡养", True)
    assert pieces[-1].text.endswith("…")
    assert sum(len(piece.text) for piece in pieces) < 100


def test_the_text_that_has_the_word_is_quoted_and_without_words_the_first_one() -> None:
    assert quote(["甲乙", "丙丁"], ["丁"]) == [Piece("丙", False), Piece("丁", True)]
    assert quote(["", "丙丁"], []) == [Piece("丙丁", False)]
    assert quote(["", ""], ["丁"]) == []


def test_overlapping_hits_become_one() -> None:
    assert find("宅基地基", ["宅基", "基地", "地基"]) == [(0, 4)]
