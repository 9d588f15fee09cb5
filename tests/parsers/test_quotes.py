"""Lines of a page: blank, quoted, own."""

import pytest

from parsers.cuts import Cuts, Span
from parsers.quotes import read_page, unquote


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a\n\n> b", "t->"),
        ("  > b\n>c\n\u00a0> d", ">>>"),
        ("＞ b\n&gt; c", ">>"),
        ("a > b\n-> c", "tt"),
        ("\r\n \t\n\u00a0", "---"),
        ("", "-"),
    ],
)
def test_each_line_is_known_by_its_first_characters(text: str, kinds: str) -> None:
    assert read_page(text).kinds == kinds


def test_the_end_of_a_quoted_line_that_transport_wrapped_is_quoted() -> None:
    long_line = "> " + "word " * 14
    assert read_page(f"{long_line}word word\nand rest\n> next").kinds == ">>>"


def test_a_short_answer_between_quoted_lines_is_own() -> None:
    assert read_page("> is it on?\nyes\n> is it plugged in?").kinds == ">t>"


def test_lines_inside_a_span_of_mark_up_are_quoted() -> None:
    text = "one\ntwo\n\nthree\nfour"
    cuts = Cuts(quotes=(Span(start=text.index("two"), end=text.index("four")),))
    assert read_page(text, cuts).kinds == "t>->t"


def test_one_quote_mark_is_taken_off() -> None:
    assert [unquote(line) for line in ("> > a", ">a", "a", "  >  a")] == ["> a", "a", "a", " a"]
