"""The deny list: who wins, how patterns match, what the SMTP session may ask."""

from datetime import timedelta

import pytest
from deskwork import NOW, mail

from rules.deny import judge, judge_envelope, matches_glob
from rules.facts import Deny, DenyEntry


def entry(kind, value, action=Deny.DROP, until=None):
    return DenyEntry(kind=kind, value=value, action=action, until=until)


MATCHES = [
    ("address", "Eve@evil.example", "eve@evil.example", True),
    ("address", "eve@evil.example", "eve@x.evil.example", False),
    ("domain", "@evil.example", "eve@evil.example", True),
    ("subdomains", "*.evil.example", "eve@a.b.evil.example", True),
    ("domain", "evil.example", "eve@evil.example", True),
    ("domain", "evil.example", "eve@x.evil.example", False),
    ("subdomains", "evil.example", "eve@x.evil.example", True),
    ("subdomains", ".evil.example", "eve@evil.example", True),
    ("subdomains", "evil.example", "eve@notevil.example", False),
    ("glob", "*@*.evil.example", "eve@a.b.evil.example", True),
    ("glob", "eve?@evil.example", "eve@evil.example", False),
    ("pattern", "^eve[0-9]+@", "eve77@x.example", True),
    ("pattern", "(unclosed", "eve@evil.example", False),
    ("pattern", "(?=look)ahead", "lookahead@x.example", False),
    ("header", "X-Spam-Flag: yes", "a@b.example", True),
    ("header", "Subject: *printer*", "a@b.example", True),
    ("header", "Subject: printer", "a@b.example", False),
    ("nonsense", "a@b.example", "a@b.example", False),
]


@pytest.mark.parametrize(("kind", "value", "sender", "expected"), MATCHES)
def test_an_entry_matches_what_it_says(kind, value, sender, expected):
    headers = (("x-spam-flag", "YES"), ("subject", "My Printer burns"))
    assert bool(judge((entry(kind, value),), mail(sender, headers=headers), "", NOW)) is expected


ORDER = [
    ([("domain", "e.example", Deny.DROP), ("address", "a@e.example", Deny.ALLOW)], Deny.ALLOW),
    ([("address", "a@e.example", Deny.DROP), ("domain", "e.example", Deny.ALLOW)], Deny.DROP),
    ([("domain", "e.example", Deny.DROP), ("domain", "e.example", Deny.ALLOW)], Deny.ALLOW),
    ([("subdomains", "example", Deny.DROP), ("subdomains", "e.example", Deny.NOREPLY)], Deny.NOREPLY),
    ([("glob", "*@e.example", Deny.QUARANTINE), ("pattern", "a@", Deny.ALLOW)], Deny.QUARANTINE),
    ([("glob", "*", Deny.DROP), ("glob", "a@*", Deny.NOREPLY)], Deny.NOREPLY),
    ([("pattern", ".", Deny.QUARANTINE), ("pattern", "a", Deny.REJECT)], Deny.REJECT),
    ([("header", "X: y", Deny.DROP), ("pattern", "a", Deny.NOREPLY)], Deny.NOREPLY),
]


@pytest.mark.parametrize(("rows", "expected"), ORDER)
def test_the_most_specific_entry_wins_and_allow_wins_among_equals(rows, expected):
    entries = [entry(*row) for row in rows]
    message = mail("a@e.example", headers=(("x", "y"),))
    for ordered in (entries, entries[::-1]):
        best = judge(tuple(ordered), message, "", NOW)
        assert best is not None
        assert best.action is expected


def test_an_entry_ends_when_its_time_is_over():
    row = entry("address", "a@b.example", until=NOW)
    assert judge((row,), mail("a@b.example"), "", NOW - timedelta(seconds=1)) is row
    assert judge((row,), mail("a@b.example"), "", NOW) is None


def test_octets_that_are_no_text_disturb_no_pattern():
    assert judge((entry("pattern", "^x.y@"),), mail("a@b.example"), "x\udce4y@b.example", NOW)
    assert judge_envelope((entry("address", "a@b.example", Deny.REJECT),), "x\udce4y@b.example", NOW) is None


def test_the_envelope_sender_is_judged_as_well_as_from():
    assert judge((entry("domain", "evil.example"),), mail("a@good.example"), "x@evil.example", NOW)


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ([("address", "e@evil.example", Deny.REJECT)], True),
        ([("domain", "evil.example", Deny.REJECT)], True),
        ([("subdomains", "example", Deny.REJECT)], True),
        ([("domain", "evil.example", Deny.DROP)], False),
        ([("glob", "*", Deny.REJECT)], False),
        ([("pattern", ".", Deny.REJECT)], False),
        ([("domain", "evil.example", Deny.REJECT), ("address", "e@evil.example", Deny.ALLOW)], False),
        ([("domain", "evil.example", Deny.REJECT), ("address", "e@evil.example", Deny.DROP)], False),
    ],
)
def test_the_session_refuses_only_by_reject_on_address_or_domain(rows, refused):
    entries = tuple(entry(*row) for row in rows)
    assert (judge_envelope(entries, "E@evil.example", NOW) is not None) is refused
    assert judge_envelope(entries, "", NOW) is None


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("", "", True),
        ("*", "", True),
        ("?", "", False),
        ("a*b", "ab", True),
        ("a*b", "axxb", True),
        ("a*b*c", "aXbXbXc", True),
        ("a*b", "abc", False),
        ("**", "x", True),
        ("[a]", "a", False),
        ("a?c", "abc", True),
    ],
)
def test_globs_know_star_and_question_mark_only(pattern, text, expected):
    assert matches_glob(pattern, text) is expected


def test_a_hostile_glob_is_no_trap():
    assert not matches_glob("*a" * 50 + "b", "a" * 2000)


def test_a_long_list_is_as_right_as_a_short_one():
    entries = tuple(entry("address", f"a{n}@evil.example") for n in range(5000))
    assert judge(entries, mail("a4999@evil.example"), "", NOW) is entries[-1]
    assert judge(entries, mail("a5000@evil.example"), "", NOW) is None
