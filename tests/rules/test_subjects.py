"""Subjects: what is stripped, and which numbers count."""

import pytest

from rules.threads import numbers_in, strip_subject

STRIPPED = [
    ("Re: Printer", "Printer"),
    ("RE: AW: SV: VS: TR: Printer", "Printer"),
    ("Antw: Printer", "Printer"),
    ("RES: Printer", "Printer"),
    ("回复：打印机", "打印机"),
    ("回复: Printer", "Printer"),
    ("Re[2]: Printer", "Printer"),
    ("Re(3): Printer", "Printer"),
    ("Re^2: Printer", "Printer"),
    ("RE2: Printer", "Printer"),
    ("Re : Printer", "Printer"),
    ("Odp: Printer", "Printer"),
    ("Ynt: Printer", "Printer"),
    ("R: Printer", "Printer"),
    ("Отв: Принтер", "Принтер"),
    ("返信: プリンタ", "プリンタ"),
    ("회신: 프린터", "프린터"),
    ("ตอบกลับ: ปริ้น", "ปริ้น"),
    ("Fwd: FW: WG: Printer", "Printer"),
    ("Re: [#123] Printer", "Printer"),
    ("[#123] Re: Printer", "Printer"),
    ("Printer [#123]", "Printer"),
    ("Re: [#1] Re: [#2] Printer", "Printer"),
    ("Re:Re:Re:Printer", "Printer"),
    ("  Re:\tPrinter  jam ", "Printer jam"),
    ("Reply: x", "Reply: x"),
    ("Re", "Re"),
    ("Regarding: x", "Regarding: x"),
    ("r: x", "r: x"),
    ("Re:", ""),
    ("", ""),
    ("[123] Printer", "[123] Printer"),
    ("Printer #123", "Printer #123"),
    ("Error: disk", "Error: disk"),
]


@pytest.mark.parametrize(("subject", "expected"), STRIPPED)
def test_reply_marks_and_ticket_numbers_go_and_the_rest_stays(subject, expected):
    assert strip_subject(subject, "#") == expected
    assert strip_subject(expected, "#") == expected


NUMBERS = [
    ("[#123] x", (123,)),
    ("Re: [#1] [#2] [#1]", (1, 2)),
    ("[ #123 ]", (123,)),
    ("[# 123]", (123,)),
    ("[#0012]", (12,)),
    ("#123", ()),
    ("[123]", ()),
    ("(#123)", ()),
    ("[#12a]", ()),
    ("[#１２３]", ()),
    ("[#-5]", ()),
    ("[##5]", ()),
    ("[#1234567890123]", ()),
    ("[#١٢]", ()),
    ("[#]", ()),
    ("[#1.5]", ()),
    ("[T-5]", ()),
    ("", ()),
    ("[#123]" * 50, (123,)),
    ("".join(f"[#{n}]" for n in range(1, 50)), tuple(range(1, 11))),
]


@pytest.mark.parametrize(("subject", "expected"), NUMBERS)
def test_a_number_counts_only_in_its_exact_form(subject, expected):
    assert numbers_in(subject, "#") == expected


def test_the_prefix_is_taken_literally():
    assert numbers_in("[t-5] [TX5]", "T-") == (5,)
    assert numbers_in("[.5] [x5]", ".") == (5,)


@pytest.mark.parametrize("subject", ["Re:" * 100_000, "[#" * 100_000, " " * 200_000, "Re[" * 50_000 + "x"])
def test_a_hostile_subject_is_no_trap(subject):
    strip_subject(subject, "#")
    assert numbers_in(subject, "#") == ()
