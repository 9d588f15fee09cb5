"""Where pictures stand in the text that is read from a mail's HTML."""

from dataclasses import replace

import pytest

from parsers.mail import Attachment
from parsers.pictures import ELSEWHERE, place_pictures

PICTURE = Attachment(
    name="shot.png", content_type="image/png", claimed_type="image/png", size=1, sha256="0" * 64, inline=True
)
QUOTE = '<blockquote type="cite">On Sunday, Example support wrote: It does not print.<img src="cid:b"></blockquote>'


def after(html: str, reply: str, content_id: str = "a", text: str = "", *, is_all_new: bool = False) -> int:
    """How much of the new text follows the picture."""
    item = replace(PICTURE, content_id=content_id)
    (placed,) = place_pictures(html, text or reply, reply, [item], is_all_new=is_all_new)
    return placed.after_reply


@pytest.mark.parametrize(
    ("html", "reply", "count"),
    [
        ('<p>See here:</p><img src="cid:a"><p>and there.</p>', "See here:\n\nand there.", 9),
        ('<p>See here:</p><img src="cid:a"><p>and there.</p>', "See here:\n[image: shot.png]\nand there.", 9),
        ('<img src="cid:a"><p>Hello</p>', "Hello", 5),
        ("<p>Hello</p><IMG width=10 SRC=cid:a>", "Hello", 0),
        (f'<p>Hello</p><img src="cid:a">{QUOTE}', "Hello", 0),
        (f'<p>Do you mean this <img src="cid:a">?</p>{QUOTE}', "Do you mean this ?", 1),
        (f'<p>{"word " * 30}</p><img src="cid:a"><p>end</p>{QUOTE}', f"{'word ' * 30}\nend", 3),
    ],
)
def test_a_picture_in_the_new_text_has_its_place(html: str, reply: str, count: int) -> None:
    assert after(html, reply) == count


@pytest.mark.parametrize("reply", ["Hello", "", "It does", "Example support wrote:"])
def test_a_quoted_picture_is_elsewhere(reply: str) -> None:
    assert after(f"<p>{reply}</p>{QUOTE}", reply, "b", "whole") == ELSEWHERE


def test_a_picture_that_no_html_shows_is_a_file() -> None:
    assert after("<p>Hello</p>", "Hello") == -1
    assert after("", "Hello") == -1


def test_where_nothing_is_quoted_a_picture_is_never_lost() -> None:
    assert after('<p>Quite other words</p><img src="cid:a">', "Hello", is_all_new=True) == 0


def test_a_thousand_pictures_are_read_in_a_moment() -> None:
    html = "".join(f'<p>word {number}</p><img alt="{"x" * 500}" src="cid:{number}">' for number in range(1000))
    assert after(html, "word 0", "0") == 0
