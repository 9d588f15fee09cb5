"""Flowed text is joined as RFC 3676 says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.flowed import unflow


@pytest.mark.parametrize(
    ("text", "unflowed"),
    [
        ("one \ntwo", "one two"),
        ("one\ntwo", "one\ntwo"),
        ("one \n\ntwo", "one \ntwo"),
        (" >not a quote", ">not a quote"),
        (" From here", "From here"),
        ("> a \n> b\nmine", "> a b\nmine"),
        ("> a \n>> b", "> a\n>> b"),
        ("text \n-- \nAnn", "text\n-- \nAnn"),
        ("> text \n> -- \n> Bob", "> text\n> -- \n> Bob"),
        ("last ", "last"),
        ("", ""),
    ],
)
def test_soft_ends_are_joined_within_one_quote_depth(text: str, unflowed: str) -> None:
    assert unflow(text, delsp=False).text == unflowed


def test_a_typed_quote_mark_is_told_from_a_quotation() -> None:
    unflowed = unflow("see:\n >typed \nmore\n> quoted\n >", delsp=False)
    assert [unflowed.text[span.start : span.end] for span in unflowed.own] == [">typed more", ">"]


def test_delsp_takes_the_space_of_a_soft_end_away() -> None:
    assert unflow("日本 \n語", delsp=True).text == "日本語"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab >-\n")), st.booleans())
def test_nothing_but_spaces_line_ends_and_quote_marks_is_lost(text: str, delsp: bool) -> None:
    assert [c for c in unflow(text, delsp).text if c in "ab-"] == [c for c in text if c in "ab-"]
