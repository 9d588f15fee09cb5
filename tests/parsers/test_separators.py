"""Separator lines by what they announce."""

import pytest

from parsers.separators import Separator, read_separator


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("---------- Forwarded message ---------", Separator.FORWARD),
        ("-------- Weitergeleitete Nachricht --------", Separator.FORWARD),
        ("----- Forwarded by Ann/ACME on 01/02/2020 10:30 AM -----", Separator.FORWARD),
        ("Begin forwarded message:", Separator.FORWARD),
        ("Début du message réexpédié :", Separator.FORWARD),
        ("-----Original Message-----", Separator.ORIGINAL),
        ("‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐", Separator.ORIGINAL),
        ("-----Ursprüngliche Nachricht-----", Separator.ORIGINAL),
        ("------------------ 原始邮件 ------------------", Separator.ORIGINAL),
        ("----- End forwarded message -----", Separator.END),
        ("##- Please type your reply above this line -##", Separator.REPLY_ABOVE),
        ("Reply above this line.", Separator.REPLY_ABOVE),
        ("________________________________", Separator.RULE),
        ("The original message:", None),
        ("Original Message", None),
        ("--", Separator.RULE),
        ("Yes", None),
        ("- forwarded yesterday", None),
    ],
)
def test_a_separator_is_read_by_its_words(line: str, expected: Separator | None) -> None:
    assert read_separator(line) is expected
