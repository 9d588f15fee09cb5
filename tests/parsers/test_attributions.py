"""Attribution lines as clients write them, in all languages of the tables, whole and wrapped."""

import textwrap
from collections.abc import Iterable
from pathlib import Path

import pytest

from parsers.attributions import find_attribution, find_verb
from parsers.quotes import read_page

LISTED = (Path(__file__).parent / "replies" / "attributions.list").read_text(encoding="utf-8").splitlines()
NEEDS_QUOTE = ("2013/11/1", "Quoting", "Zitat")


def wrapped(line: str, width: int) -> str:
    return "\n".join(textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False))


def missed(lines: Iterable[str], below: str) -> list[str]:
    """The attributions that are not found, or not from their first line on, with this below them."""
    return [
        line for line in lines if find_attribution(read_page(f"Yes.\n{line}\n\n{below}"), 1 + line.count("\n")) != 1
    ]


def test_an_attribution_above_a_quote_is_found() -> None:
    assert not missed(LISTED, "> What?")


def test_an_attribution_above_unmarked_words_is_found() -> None:
    assert not missed((line for line in LISTED if not line.startswith(NEEDS_QUOTE)), "What?")


@pytest.mark.parametrize("width", [44, 72])
def test_a_wrapped_attribution_is_taken_from_its_first_line(width: int) -> None:
    assert not missed((wrapped(line, width) for line in LISTED), "> What?")


@pytest.mark.parametrize("line", ["On Monday I wrote:", "I mailed bob@example.com on 3/1/2023 10:30:", "What is new:"])
def test_prose_above_unquoted_words_is_no_attribution(line: str) -> None:
    assert find_attribution(read_page(f"{line}\n\nWords."), 0) is None


def test_direction_marks_and_odd_spaces_do_not_hide_an_attribution() -> None:
    line = "\u200fOn\u00a03\u202fJan 2023,\u00a0Bob <\u200ebob@example.com\u200f> wrote\u00a0:\u200f"
    assert find_attribution(read_page(f"{line}\n\nWords."), 0) == 0


def test_a_verb_is_found_without_its_accents() -> None:
    assert find_verb("ann escribio") == (4, 12)
