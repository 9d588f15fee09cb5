"""What is new in a mail: layouts of many clients, conservation, and text made to be slow."""

import itertools
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.cuts import Cuts, Span
from parsers.replies import CUT_LINE_MARK, split_reply

FIXTURES = Path(__file__).parent / "replies"
QUOTE = "On Tue, Jan 3, 2023 at 10:30 AM Bob <bob@example.com> wrote:\n> first\n> second"


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.txt")), ids=lambda path: path.stem)
def test_the_reply_in_a_clients_layout_is_found(path: Path) -> None:
    split = split_reply(path.read_text(encoding="utf-8"))
    assert split.reply == path.with_suffix(".expected").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.txt")), ids=lambda path: path.stem)
def test_a_reply_split_again_stays_as_it_is(path: Path) -> None:
    reply = split_reply(path.read_text(encoding="utf-8")).reply
    assert split_reply(reply).reply == reply


PROSE = [
    "On Monday I wrote:",
    "On 3 January 2023 at 10:30 I wrote:",
    "As she wrote on 3/1/2023:",
    "I asked support@example.com and they wrote:",
    "Here is what the log from 2023-01-03 10:30 shows:",
    "The address is bob@example.com and the date 3/1/2023:",
    "On Monday the customer wrote:",
    "Am 3.1.2023 schrieb ich Ihnen folgendes:",
    "From: London\nTo: Paris\nDate: 3/1/2023",
    "Name: Bob\nEmail: bob@example.com\nSubject: Hi\nMessage:",
    "From: Bob <bob@example.com>\nSubject: Contact form\n\nMessage body:",
    "We forward: orders, invoices and complaints, all of them on Mondays:",
    "My forwarding address is:",
    "**Original price** was 12 and is now 14.",
    "## Forwarding rules",
    "-- original words, not a separator",
    "2023-01-03 10:30:11 ERROR from bob@example.com:",
    "I get this message: virus found, access is confidential. What now?",
    "Steps\n=====\nFirst do this",
    "Regards the invoice: it is wrong.\nThe total is 12.",
    "Sent from the warehouse yesterday, the parcel never arrived.",
    "Thanks,\nthis works now. Could you also tell me about the other thing that is still open, please?",
    "Options:\n- milk\n- eggs",
    "Visit us now...\n>>> >>>  http://www.example.com <<<\nVisit our site by clicking above",
]


@pytest.mark.parametrize("prose", PROSE)
def test_prose_that_resembles_a_quotation_stays_in_the_reply(prose: str) -> None:
    text = f"Hello.\n\n{prose}\n\nThis text must stay, it is a long explanation of the thing.\nSecond line here."
    assert split_reply(text).reply == text


def test_quoted_and_signature_are_kept_beside_the_reply() -> None:
    split = split_reply(f"Yes.\n\n-- \nAnn\n\n{QUOTE}")
    assert (split.reply, split.signature, split.quoted) == ("Yes.", "-- \nAnn", QUOTE)


def test_a_forwarded_mail_is_quoted_and_its_comment_the_reply() -> None:
    split = split_reply("See below.\n\n---------- Forwarded message ---------\nFrom: Bob <b@example.com>\n\nText")
    assert split.reply == "See below."
    assert split.quoted.endswith("Text")


@pytest.mark.parametrize("prefix", ["", "> ", "* ", "| ", "   "])
def test_everything_from_our_cut_line_on_is_quoted(prefix: str) -> None:
    text = f"Yes.\n\n{prefix}{CUT_LINE_MARK} above this line --##\nInternal words\n\n> more\n\nAnn"
    assert split_reply(text).reply == "Yes."


def test_a_cut_line_whose_dashes_a_client_made_one_still_cuts() -> None:
    assert split_reply("Yes.\n\n##— postroom: reply above\nInternal").reply == "Yes."


def test_words_below_a_device_line_are_the_reply_if_none_are_above() -> None:
    assert split_reply("Sent from my iPhone\n\nYes please").reply == "Yes please"


def test_a_closing_that_is_all_the_mail_says_is_its_reply() -> None:
    split = split_reply("Thank you!\n\nJane Doe\nManager\nAcme\n555-123-4567")
    assert (split.reply, split.signature) == ("Thank you!", "Jane Doe\nManager\nAcme\n555-123-4567")


def test_a_long_text_below_a_leading_delimiter_stays() -> None:
    text = "--\n" + "\n".join(f"Line {number} of my report." for number in range(20))
    assert split_reply(text).reply == text


def test_quotation_known_from_mark_up_needs_no_quote_marks() -> None:
    text = "Yes.\n\nBob, yesterday:\nWhat about it?\nReally?"
    start = text.index("Bob")
    assert split_reply(text, Cuts(quotes=(Span(start=start, end=len(text)),))).reply == "Yes."


def test_answers_inside_a_quotation_of_mark_up_stay() -> None:
    text = "See inline.\n\nBob, yesterday:\n> One?\n\nYes.\n\n> Two?\n\nNo."
    split = split_reply(text, Cuts(quotes=(Span(start=text.index("Bob"), end=len(text)),)))
    assert all(answer in split.reply for answer in ("See inline.", "Yes.", "No."))


def test_signature_known_from_mark_up_is_split_off() -> None:
    text = "Yes.\n\nAnn, Acme"
    split = split_reply(text, Cuts(signatures=(Span(start=6, end=len(text)),)))
    assert (split.reply, split.signature) == ("Yes.", "Ann, Acme")


def test_words_typed_into_the_signatures_mark_up_stay_the_reply() -> None:
    assert split_reply("Yes, do it.", Cuts(signatures=(Span(start=0, end=11),))).reply == "Yes, do it."


def test_forward_known_from_mark_up_ends_the_reply() -> None:
    text = "Please see.\n\nDari: Bob\nhalo"
    split = split_reply(text, Cuts(forwards=(Span(start=text.index("Dari"), end=len(text)),)))
    assert split.reply == "Please see."


SAMPLES = f"""
> q
>> q
--
___
Yes.
Thanks,
Ann
Sent from my iPhone
From: a@example.com
To: b
Sent: 1/2/2023 10:30
Subject: x
-----Original Message-----
---------- Forwarded message ---------
{QUOTE}
Bob wrote:
{CUT_LINE_MARK}
##--
Best regards,
Tel. +1 555 123 4567
"""
LINES = st.sampled_from(SAMPLES.split("\n")) | st.text(max_size=30)
SPANS = st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda pair: Span(start=min(pair), end=max(pair)))
CUTS = st.builds(Cuts, quotes=st.tuples(SPANS), signatures=st.tuples(SPANS), forwards=st.tuples(SPANS)) | st.just(
    Cuts()
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=25).map("\n".join), CUTS)
def test_every_line_ends_up_in_exactly_one_part_in_its_order(text: str, cuts: Cuts) -> None:
    split = split_reply(text, cuts)
    parts = [_words(part) for part in (split.reply, split.signature, split.quoted)]
    assert sorted(itertools.chain(*parts)) == sorted(_words(text))
    assert all(_is_subsequence(part, _words(text)) for part in parts)


def _words(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _is_subsequence(part: list[str], whole: list[str]) -> bool:
    rest = iter(whole)
    return all(line in rest for line in part)


HOSTILE = {
    "quote marks": ">" * 153_400,
    "quoted lines": ">\n" * 76_000,
    "semicolons": ";" * 10_000,
    "openers": "On " * 6_600,
    "lines of openers": "On On On\n" * 11_000,
    "one line": "x" * 200_000,
    "short lines": "abc def\n" * 40_000,
    "colons": "abc def:\n" * 20_000,
    "labels": "From: a\n" * 20_000,
    "other labels": "From: a\nPriority: b\n" * 10_000,
    "attributions": "Bob wrote:\n" * 10_000,
    "alternating": "> a\nb\n" * 10_000,
    "rules": "---\n" * 20_000,
    "spaces": "\u00a0" * 100_000,
    "recipients": "From: " + "<a@b.c>," * 10_000 + "\nTo: x@y\nSubject: f\nDate: 2020\n",
    "brackets": "From: " + "<" * 60_000 + "\nTo: x@y\nSubject: f\nDate: 2020\n",
    "devices": "Sent from my iPhone\n" * 10_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_text_made_to_be_slow_is_split_in_time(name: str) -> None:
    started = time.process_time()
    split_reply(HOSTILE[name])
    assert time.process_time() - started < 0.5  # bench/hostile.py has larger ones
