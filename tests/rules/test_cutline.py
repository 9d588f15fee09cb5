"""The cut line: sealed for one mail, recognised in whatever a client makes of it."""

import pytest
from deskwork import mail

from rules.cutline import CUT_LINE_MARK, cut_line, internal_text_shows, is_sealed

KEYS = (b"n" * 32, b"o" * 32)
LINE = cut_line(KEYS, 55, "reply above this line")


def test_a_cut_line_is_sealed_for_its_own_mail_only():
    assert LINE.startswith(CUT_LINE_MARK)
    assert is_sealed(KEYS, f"> > {LINE}\n> x", 55)
    assert not is_sealed(KEYS, LINE, 56)
    assert not is_sealed(KEYS, LINE.replace("[55-", "[56-"), 56)
    assert not is_sealed((b"x" * 32,), LINE, 55)
    assert is_sealed(KEYS, cut_line(KEYS[1:], 55, ""), 55)


REPLIES = [
    ("Hello", "Hello", False),
    ("Hello", f"Hello\n{LINE}\nsecret", False),
    (f"Hello\n{LINE}", f"Hello\n{LINE}", True),
    ("Hello\n* ##-- postroom : x", "", True),
    ("Hello\n##--\npostroom: x", "", True),
    ("Hello\n## -- PostRoom: x", "", True),
    ("> quoted\nanswer", f"> quoted\nanswer\n> {LINE}", False),
    ("> quoted\nanswer", "> quoted\nanswer", True),
    ("| quoted\nanswer", "| quoted\nanswer", True),
    ("a > b", "a > b", False),
]


@pytest.mark.parametrize(("reply", "text", "shows"), REPLIES)
def test_text_that_may_be_internal_is_noticed(reply, text, shows):
    assert bool(internal_text_shows(mail(text=text, reply=reply))) is shows
