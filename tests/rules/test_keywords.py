"""Keywords: what counts as the same word, and where one may stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.keywords import index_keywords, normalise

FOUND = [
    ("invoice", "Your INVOICE, please"),
    ("café", "the CAFE\u0301 closed"),
    ("cafe", "Café"),
    ("credit card", "my credit\r\n   card was charged"),
    ("c++", "we use C++, mostly"),
    (".net", "on .NET now"),
    ("C++ (beta) [x] .* $", "use c++ (BETA) [x]  .* $ today"),
    ("straße", "STRASSE 5"),
    ("отчёт", "ОТЧЕТ готов"),
    ("vpn", "ＶＰＮ down"),
    ("vpn", "VPN接続できません"),
    ("契約解除", "契約\n解除したい"),
    ("คืนเงิน", "ขอคืนเงินด้วย"),
    ("환불", "환불을 원해요"),
    ("नमस्ते", "नमस्ते जी"),
    ("don't", "I don\u2019t know"),
    ("password", "pass\u00adword reset"),
    ("password", "pass\u200bword"),
    ("e-mail", "my e\u2011mail"),
    ("łódź", "Lodz"),
    ("$$$", "earn $$$100"),
    ("istanbul", "İSTANBUL"),
]
NOT_FOUND = [
    ("invoice", "invoices"),
    ("invoices", "invoice"),
    ("art", "smart start"),
    ("credit card", "credit, card"),
    ("c++", "c++11"),
    (".net", "asp.net"),
    ("नम", "नमस्ते"),
    ("no", "no_reply"),
    ("契約解除", "契約を解除"),
    ("a b", "a ba b_"),
    ("", "anything"),
]


@pytest.mark.parametrize(("keyword", "text"), FOUND)
def test_a_keyword_is_found_whatever_its_case_accents_width_and_line_breaks(keyword: str, text: str) -> None:
    assert index_keywords([keyword]).find(text) == {normalise(keyword)}


@pytest.mark.parametrize(("keyword", "text"), NOT_FOUND)
def test_a_keyword_is_a_whole_word_as_written(keyword: str, text: str) -> None:
    assert not index_keywords([keyword]).find(text)


def test_all_keywords_are_found_in_one_pass_even_when_they_overlap() -> None:
    index = index_keywords(["new york", "york city", "york", "new york city"])
    assert index.find("In New York City.") == {"new york", "york city", "york", "new york city"}


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=20))
def test_a_keyword_between_blanks_and_dots_is_always_found(before: str, after: str, keyword: str) -> None:
    wanted = normalise(keyword)
    expected = {wanted} - {""}
    assert index_keywords([keyword]).find(f"{before} . {keyword} . {after}") >= expected


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
