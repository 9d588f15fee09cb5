"""The body is the text that the sender meant to be read, wherever the parts put it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.bodies import Body, read_body
from parsers.parts import Headers, Part


def part(content_type: str, payload: str | bytes = "", at: str = "", **fields: Any) -> Part:
    """A leaf; `at` is its path of container and child number, such as "mixed.0/alternative.1"."""
    steps = [step.partition(".")[::2] for step in at.split("/") if step]
    return Part(
        headers=Headers(),
        content_type=content_type,
        payload=payload.encode() if isinstance(payload, str) else payload,
        charset=fields.pop("charset", "utf-8"),
        container=tuple(kind for kind, _ in steps),
        position=tuple(int(number) for _, number in steps),
        **fields,
    )


def alternative(plain: str, html: str) -> Body:
    return read_body([part("text/plain", plain, "alternative.0"), part("text/html", html, "alternative.1")])


def test_a_mail_of_one_part_is_its_body() -> None:
    assert read_body([part("text/plain", "Hello\r\nAnn\r\n")]) == Body(text="Hello\nAnn", used=((),))


def test_plain_text_is_preferred_and_html_still_delivered() -> None:
    body = alternative("Hello Ann", "<p>Hello Ann</p>")
    assert (body.text, body.html, body.used) == ("Hello Ann", "<p>Hello Ann</p>", ((0,), (1,)))


@pytest.mark.parametrize(
    "plain",
    [
        *(
            "",
            " \n\n",
            "Your mail client does not support HTML.",
            "View this email in your browser: https://x.example/1",
        ),
        *("This is an HTML message.", "Bitte öffnen Sie diese Nachricht im Browser.", "????? ?????? ????"),
    ],
)
def test_html_is_read_where_plain_text_is_only_an_excuse(plain: str) -> None:
    assert alternative(plain, "<p>Здравствуйте, письмо пришло.</p><p>С уважением</p>").text.startswith("Здравствуйте")


def test_html_is_read_where_plain_text_is_only_a_small_rest() -> None:
    assert alternative("Invoice", "<p>" + "The invoice of May is wrong. " * 9 + "</p>").text.startswith("The invoice")


def test_a_short_text_about_a_browser_is_not_taken_for_an_excuse() -> None:
    assert (
        alternative("The browser shows html.", "<p>The browser shows html.</p><p>Ann</p>").text
        == "The browser shows html."
    )


def test_cuts_of_html_are_carried_to_the_plain_text() -> None:
    body = alternative("Yes.\n\n> Is it\n> done?", '<p>Yes.</p><blockquote type="cite">Is it done?</blockquote>')
    assert [body.text[span.start : span.end] for span in body.cuts.quotes] == ["> Is it\n> done?"]


def test_texts_around_a_picture_are_joined_in_order() -> None:
    body = read_body(
        [
            part("text/plain", "See here:", "mixed.0"),
            part("image/jpeg", b"x", "mixed.1", disposition="inline", name="IMG_1.jpeg"),
            part("text/plain", "Can you help?", "mixed.2"),
        ]
    )
    assert body.text == "See here:\n[image: IMG_1.jpeg]\nCan you help?"
    assert body.used == ((0,), (2,))


def test_html_texts_around_an_attachment_are_joined_with_their_cuts() -> None:
    body = read_body(
        [
            part("text/plain", "", "alternative.0"),
            part("text/html", "<p>One</p>", "alternative.1/mixed.0"),
            part("application/pdf", b"x", "alternative.1/mixed.1", disposition="inline", name="a.pdf"),
            part("text/html", '<blockquote type="cite">Two</blockquote>', "alternative.1/mixed.2"),
        ]
    )
    assert body.text == "One\n> Two"
    assert [body.text[span.start : span.end] for span in body.cuts.quotes] == ["> Two"]


def test_a_footer_added_by_a_list_follows_the_body() -> None:
    parts = [
        part("text/plain", "Hello", "mixed.0/alternative.0"),
        part("text/html", "<p>Hello</p>", "mixed.0/alternative.1"),
        part("text/plain", "list info", "mixed.1"),
    ]
    body = read_body(parts)
    assert (body.text, body.html) == ("Hello\nlist info", "<p>Hello</p>\n<pre>list info</pre>")


@pytest.mark.parametrize(
    "attached",
    [
        {"disposition": "attachment", "name": "notes.txt"},
        {"disposition": "attachment"},
        {"disposition": "inline", "name": "notes.txt"},
        {"name": "notes.txt"},
    ],
)
def test_a_text_file_is_not_body(attached: dict[str, str]) -> None:
    body = read_body([part("text/plain", "Hello", "mixed.0"), part("text/plain", "file", "mixed.1", **attached)])
    assert (body.text, body.used) == ("Hello", ((0,),))


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [part("application/pdf", b"%PDF", name="a.pdf")],
        [part("text/plain", "x", disposition="attachment", name="a.txt", at="mixed.0")],
        [part("image/png", b"x", "mixed.0", disposition="inline", name="a.png")],
        [part("message/rfc822", b"Subject: x\n\nx", "mixed.0")],
    ],
)
def test_a_mail_without_text_has_an_empty_body(parts: list[Part]) -> None:
    assert read_body(parts) == Body()


def test_the_first_text_of_a_report_is_its_body() -> None:
    parts = [
        part("text/plain", "Not delivered", "report.0"),
        part("message/delivery-status", "Action: failed", "report.1"),
        part("text/plain", "original", "report.2"),
    ]
    assert read_body(parts).text == "Not delivered"


def test_the_root_of_related_parts_is_the_body_and_its_pictures_leave_a_mark() -> None:
    parts = [
        part("text/html", '<p>Hi<img src="cid:1"></p>', "related.0"),
        part("image/png", b"x", "related.1", disposition="inline", name="a.png", content_id="1"),
    ]
    assert read_body(parts).text == "Hi [image]"


def test_a_picture_that_the_html_shows_leaves_no_second_line() -> None:
    parts = [
        part("text/html", '<p>Hi<img src="cid:1@x"></p>', "mixed.0"),
        part("image/png", b"x", "mixed.1", disposition="inline", name="a.png", content_id="<1@x>"),
    ]
    assert read_body(parts).text == "Hi [image]"


def test_flowed_text_is_joined() -> None:
    flowed = part("text/plain", "one \ntwo", parameters={"format": "Flowed", "delsp": "Yes"})
    assert read_body([flowed]).text == "onetwo"


def test_a_file_in_the_text_is_reported() -> None:
    body = read_body([part("text/plain", "Hi\nbegin 644 a.txt\n#0V%T\n`\nend\n")])
    assert (body.text, body.defects) == ("Hi\n[encoded file: a.txt]", ("encoded file in text: a.txt",))


def test_html_sent_as_plain_text_is_read_as_html() -> None:
    assert read_body([part("text/plain", "<!DOCTYPE html><html><p>Hi</p></html>")]).text == "Hi"


def test_plain_text_sent_as_html_keeps_its_lines() -> None:
    assert read_body([part("text/html", "one\ntwo &amp; three")]).text == "one\ntwo & three"


@pytest.mark.parametrize(
    ("charset", "meta", "encoded"),
    [
        ("", "windows-1251", "cp1251"),
        ("", "utf-8", "utf-8"),
        ("iso-8859-1", "utf-8", "utf-8"),
        ("utf-8", "koi8-r", "koi8-r"),
        ("utf-8", "utf-16", "utf-8"),
        ("koi8-r", "windows-1251", "koi8-r"),
    ],
)
def test_the_charset_in_the_html_counts_where_the_declared_one_does_not_fit(
    charset: str, meta: str, encoded: str
) -> None:
    html = f'<html><meta http-equiv="Content-Type" content="text/html; charset={meta}"><p>Привет, мир</p></html>'
    assert read_body([part("text/html", html.encode(encoded), charset=charset)]).text == "Привет, мир"


def test_very_deep_nesting_is_flattened() -> None:
    deep = "/".join(["mixed.0"] * 200)
    assert read_body([part("text/plain", "Hi", deep)]).text == "Hi"


PARTS = st.builds(
    part,
    st.sampled_from(["text/plain", "text/html", "image/png", "application/pdf", "message/rfc822", "text/calendar"]),
    st.sampled_from(["", "word", "<p>word</p>", "> word\n", "begin 644 x\n#0V%T\n"]),
    st.lists(
        st.sampled_from(["mixed.0", "mixed.1", "alternative.0", "alternative.1", "related.0", "report.1"]), max_size=4
    ).map("/".join),
    disposition=st.sampled_from(["", "inline", "attachment"]),
    name=st.sampled_from(["", "a.txt"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PARTS, max_size=6))
def test_any_parts_make_a_body_of_parts_that_exist(parts: list[Part]) -> None:
    body = read_body(parts)
    assert set(body.used) <= {each.position for each in parts}
    assert all(span.end <= len(body.text) for span in body.cuts.quotes)
