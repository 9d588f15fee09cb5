"""Ratings as people type them, and sentences that are none."""

import pytest

from rules.ratings import Rating, read_rating


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("5", 5), (" 4 \n", 4), ("1!", 1), ("*3*", 3), ("5/5", 5), ("2 / 5", 2), ("4 von 5", 4), ("3 sur 5", 3),
        ("4 з 5", 4), ("★★★★☆", 4), ("★", 1), ("⭐⭐⭐", 3), ("⭐️⭐️", 2), ("👍", 4), ("👎", 2), ("Good", 4),
        ("VERY GOOD!", 5), ("bad.", 2), ("Sehr gut", 5), ("schlecht", 2), ("Muy bien", 5), ("¡malo!", 2),
        ("très mauvais", 1), ("Bardzo dobrze", 5), ("źle", 2), ("Ótimo!", 5), ("péssimo", 1), ("Ottimo", 5),
        ("male", 2), ("Дуже добре", 5), ("погано", 2),
    ],
)  # fmt: skip
def test_a_rating_is_read_in_every_language(text: str, score: int | None) -> None:
    found = read_rating(text)
    assert (found.score if found else None) == score


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("5 - quick and kind", "quick and kind"),
        ("2\n\nIt broke again.", "It broke again."),
        ("4, thanks\nKim", "thanks\nKim"),
    ],
)
def test_what_stands_beside_and_beneath_is_the_comment(text: str, comment: str) -> None:
    found = read_rating(text)
    assert found is not None
    assert found.comment == comment


@pytest.mark.parametrize(
    "text",
    ["", "0", "6", "10", "55", "2 printers are broken", "1. first point", "4.5", "3:30 pm works?", "good morning",
     "It is good", "not good", "bad gateway", "5" * 300],
)  # fmt: skip
def test_a_sentence_is_no_rating(text: str) -> None:
    assert read_rating(text) is None


def test_a_rating_without_words_has_no_comment() -> None:
    assert read_rating("5") == Rating(score=5)
