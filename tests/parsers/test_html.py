"""HTML becomes readable text, and the mark-up of each client says where its quotation begins."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.html import HtmlText, read_html

HEADER = "<b>From:</b> Bob<br><b>Sent:</b> Monday<br><b>To:</b> Ann<br><b>Subject:</b> RE: hi"
GMAIL_ATTRIBUTION = '<div class="gmail_attr">On Mon, Jan 1, 2024 at 10:00 Bob &lt;bob@x.example&gt; wrote:<br></div>'
TAGS = st.sampled_from(
    [
        *("<div>", "</div>", "<p>", "</p>", "<br>", "<b>", "</b>", "<span style='display:none'>", "</span>", "<", ">"),
        *("<table>", "<tr>", "<td>", "</td>", "</tr>", "</table>", "<ul>", "<li>", "</ul>", "<ol>", "<pre>", "</pre>"),
        *("<blockquote type=cite>", "</blockquote>", '<div class="gmail_quote">', "<blockquote>", "<!--", "-->", "\n"),
        *(
            '<div id="Signature">',
            '<div id="appendonsend">',
            '<hr id="zwchr">',
            "&nbsp;",
            "&#x1f600;",
            "&#99999999999;",
        ),
        *(
            '<a href="https://x.example/">',
            "</a>",
            '<img alt="A chart">',
            "text ",
            "On 1.1.2024 10:00, a@b wrote:",
            "\x00",
        ),
        *(
            '<div class="moz-forward-container">',
            '<div class="moz-cite-prefix">',
            "<style>",
            "</style>",
            "\ud800",
            "'",
            '"',
        ),
    ]
)


def quotes(html: str) -> list[str]:
    read = read_html(html)
    return [read.text[span.start : span.end] for span in read.cuts.quotes]


def signatures(html: str) -> list[str]:
    read = read_html(html)
    return [read.text[span.start : span.end] for span in read.cuts.signatures]


def forwards(html: str) -> list[str]:
    read = read_html(html)
    return [read.text[span.start : span.end] for span in read.cuts.forwards]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("<div>One</div><div><br></div><div>Two<br></div>", "One\n\nTwo"),
        ("One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
        ("  many \n  spaces\t here ", "many spaces here"),
        ('<p class="MsoNormal">One</p><p class="MsoNormal">Two</p>', "One\nTwo"),
        (
            '<p class="MsoNormal">One</p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class="MsoNormal">Two</p>',
            "One\n\nTwo",
        ),
        ("<p style='margin:0'>One</p><p style='margin:0'>Two</p>", "One\nTwo"),
        ("<ul><li>a</li><li>b<ol><li>x<li>y</ol></ul>after", "- a\n- b\n  1. x\n  2. y\n\nafter"),
        ('<ol start="4"><li>d<li value="9">i<li>j</ol>', "4. d\n9. i\n10. j"),
        ("<table><tr><th>Name<th>Age<tr><td><p>Bob</p><td>3</table>", "Name | Age\nBob | 3"),
        ("<table><tr><th>Subject: </th><td>Hello</td></tr></table>", "Subject: Hello"),
        ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a\n\nb\n\nc"),
        ("<pre>\n  if x:\n\n\n\ty = 1\n</pre>after", "  if x:\n\n\n\ty = 1\n\nafter"),
        ('<div style="white-space: pre-wrap">a  b\nc</div>', "a  b\nc"),
        ("<blockquote>words</blockquote>mine", "> words\n\nmine"),
        ('<blockquote style="margin:0 0 0 40px;border:none;padding:0">mine</blockquote>', "mine"),
        ("<h1>Head</h1>text<hr>more", "Head\n\ntext\n________________________________\nmore"),
        ("a &lt; b &amp;&amp; c &gt; d &euro; &#8364; &#x20AC;", "a < b && c > d € € €"),
        ("a < b and c > d", "a < b and c > d"),
        ("write to Jane <jane@x.example> today", "write to Jane <jane@x.example> today"),
        ('<a title="Jane <jane@x.example>" href="https://x.example/j">her</a>', "her <https://x.example/j>"),
        ("--&nbsp;<br>Ann", "-- \nAnn"),
        ("--<br>Ann", "--\nAnn"),
        ("&nbsp;&nbsp;indented", "  indented"),
        ("in\u200bvisi\u00adble", "invisible"),
        ("<p style='display:none'>preview</p><p>Hello</p>", "Hello"),
        ("<div style='max-height:0px;overflow:hidden'>preview</div>Hello", "Hello"),
        ("<div style='display:none'>all there is</div>", "all there is"),
        ("<style>p > b {color:red}</style><script>x<y</script><!-- <p>no</p> -->yes", "yes"),
        ("before <!-- never closed", "before never closed"),
        ("<title>no</title><p>a<p>b", "a\n\nb"),
        ("", ""),
    ],
)
def test_html_reads_as_text(html: str, text: str) -> None:
    assert read_html(html).text == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://x.example/a">here</a>', "here <https://x.example/a>"),
        ('<a href="https://www.x.example/">x.example</a>', "x.example"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
        ('<a href="mailto:a@x.example">Ann</a>', "Ann <a@x.example>"),
        ('<a href="#top">up</a><a name="top">x</a>', "upx"),
        ('<a href="javascript:alert(1)">run</a>', "run"),
        ('<a href="https://x.example/t"><img src="p.gif"></a>', ""),
        ('<img src="cid:1" alt="Sales by month">', "[Sales by month]"),
        ('<img alt="image001.png"><img alt="Logo"><img alt="Inline image 1"><img alt="">', ""),
        ('nice <img class="emoji" alt="😀">', "nice 😀"),
        ('see <img src="cid:1" alt="image001.png" width="600" height="400">', "see [image]"),
        ('Bob <img src="cid:1" height="16">', "Bob"),
        ('<img alt="open" width="1" height="1">', ""),
    ],
)
def test_links_and_pictures_keep_what_a_reader_needs(html: str, text: str) -> None:
    assert read_html(html).text == text


def test_word_lists_get_plain_bullets_and_numbers() -> None:
    mark = "<![if !supportLists]><span style='mso-list:Ignore'>{}<span>&nbsp;&nbsp; </span></span><![endif]>"
    item = f"<p class=MsoNormal>{mark}x</p>"
    assert read_html(item.format("·") + item.format("2.")).text == "- x\n2. x"


def test_a_paragraph_in_an_outer_list_item_is_indented_below_its_marker() -> None:
    assert read_html("<ul><li>a<br>more</li></ul>").text == "- a\n  more"


@pytest.mark.parametrize(
    ("client", "html"),
    [
        ("Gmail", f'<div class="gmail_quote">{GMAIL_ATTRIBUTION}<blockquote class="gmail_quote">Q</blockquote></div>'),
        ("Thunderbird", '<div class="moz-cite-prefix">On 1/1 Bob wrote:</div><blockquote type="cite">Q</blockquote>'),
        ("Apple", '<div><br><blockquote type="cite"><div>On 1 Jan Bob wrote:</div><br>Q</blockquote></div>'),
        ("Apple before", '<div>On 1 Jan, at 10:00, Bob wrote:</div><br><blockquote type="cite">Q</blockquote>'),
        ("Fastmail", '<div>On Mon, 1 Jan, at 10:00, Bob wrote:</div><blockquote type="cite" id="qt">Q</blockquote>'),
        ("Outlook", f"<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3pt'>{HEADER}</div><p>Q</p>"),
        ("Outlook for Mac", f'<div style="border-top: #b5c4df 1pt solid">{HEADER}</div><p>Q</p>'),
        ("Windows Mail", f'<div style="border-top-color: red; border-top-style: solid;">{HEADER}</div>Q'),
        ("Windows Live Mail", f"<div style='BACKGROUND: #f5f5f5'>{HEADER}</div>Q"),
        ("Outlook 2003", f"<DIV class=OutlookMessageHeader align=left>{HEADER}</DIV>Q"),
        ("Outlook web", f'<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{HEADER}</div><div>Q</div>'),
        ("Outlook phone", f'<div id="mail-editor-reference-message-container"><div>{HEADER}</div>Q</div>'),
        ("Outlook 2011", f'<span id="OLK_SRC_BODY_SECTION"><div>{HEADER}</div><div>Q</div></span>'),
        ("Outlook Express", f'<BLOCKQUOTE style="BORDER-LEFT: #000000 2px solid"><DIV>{HEADER}</DIV>Q</BLOCKQUOTE>'),
        ("Hotmail", f'<hr id="stopSpelling">{HEADER}<br>Q'),
        ("Zimbra", f'<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{HEADER}</div>Q'),
        ("Yahoo", '<div id="yahoo_quoted_1" class="yahoo_quoted"><div>On 1 Jan Bob wrote:</div><div>Q</div></div>'),
        ("AOL", '<div id="AOLMsgPart_1">-----Original Message-----<br>Q</div>'),
        ("Proton", '<div class="protonmail_quote">On 1 Jan Bob wrote:<br><blockquote type="cite">Q</blockquote></div>'),
        ("Zoho", '<div class="zmail_extra">---- On 1 Jan Bob wrote ----<br><blockquote>Q</blockquote></div>'),
        ("Spark", '<div name="messageReplySection">On 1 Jan Bob wrote:<blockquote type="cite">Q</blockquote></div>'),
        (
            "GMX",
            '<div name="quote" style="border-left:2px solid"><b>Von:</b> Bob<div name="quoted-content">Q</div></div>',
        ),
        ("mail.ru", '<blockquote style="border-left:1px solid #0857A6">1 января от Bob:<br>Q</blockquote>'),
        ("Yandex", "<div>01.01.2024, 10:12, &quot;Bob&quot; &lt;b@x&gt;:</div><blockquote>Q</blockquote>"),
        ("Roundcube", '<p id="reply-intro">On 2024-01-01 10:00, Bob wrote:</p><blockquote type="cite">Q</blockquote>'),
        ("Airmail", '<p class="airmail_on">On 1 Jan Bob wrote:</p><blockquote class="clean_bq">Q</blockquote>'),
        ("Front", '<blockquote type="cite" class="front-blockquote">On 1 Jan Bob wrote:<br>Q</blockquote>'),
        ("Tutanota", '<blockquote class="tutanota_quote">Q</blockquote>'),
        ("Samsung", f"<div><!-- originalMessage --><div>-------- Original message --------</div>{HEADER}<br>Q</div>"),
    ],
)
def test_the_whole_quotation_of_each_client_is_cut_and_nothing_of_the_answer(client: str, html: str) -> None:
    read = read_html(f"<html><body><div>My answer.</div><div><br></div>{html}</body></html>")
    assert len(read.cuts.quotes) == 1, client
    [span] = read.cuts.quotes
    assert read.text[: span.start].strip() == "My answer.", client
    assert span.end == len(read.text), client
    assert read.text.endswith("Q"), client


@pytest.mark.parametrize(
    "quoted",
    [
        f'<div class="gmail_quote">{GMAIL_ATTRIBUTION}<blockquote class="gmail_quote">one</blockquote>'
        '<div>ANSWER</div><blockquote class="gmail_quote">two</blockquote></div>',
        '<blockquote type="cite">one</blockquote><p>ANSWER</p><blockquote type="cite">two</blockquote>',
    ],
)
def test_an_answer_between_two_quotations_is_in_neither(quoted: str) -> None:
    assert all("ANSWER" not in quote for quote in quotes(quoted))
    assert len(quotes(quoted)) == 2


def test_text_below_a_gmail_quotation_is_new() -> None:
    html = f'<div class="gmail_quote">{GMAIL_ATTRIBUTION}<blockquote class="gmail_quote">Q</blockquote></div>'
    assert all("Below" not in quote for quote in quotes(html + "<div>Below</div>"))


def test_text_written_into_the_attribution_element_is_kept_out_of_the_quotation() -> None:
    html = '<div class="moz-cite-prefix">Mine<br><br>On 1/1 Bob wrote:</div><blockquote type="cite">Q</blockquote>'
    assert quotes(html) == ["On 1/1 Bob wrote:\n\n> Q"]


@pytest.mark.parametrize(
    "html",
    [
        "<div style='border-top:solid 1pt'>Opening hours: 9 to 5<br>Come in and find out</div>more",
        "<blockquote>To be or not to be</blockquote>as the poet said",
        '<p>See 10:30:</p><div class="gmail_extra">and more</div>',
    ],
)
def test_what_only_looks_like_a_quotation_is_not_cut(html: str) -> None:
    assert quotes(html) == []


@pytest.mark.parametrize(
    ("html", "signature"),
    [
        ('Hi<div class="gmail_signature">Ann<br>ACME</div>', "Ann\nACME"),
        ('Hi<span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature">Ann</div>', "-- \nAnn"),
        ('Hi<pre class="moz-signature">-- \nAnn</pre>', "-- \nAnn"),
        ('Hi<div id="Signature">Ann</div>', "Ann"),
        ('Hi<div id="ms-outlook-mobile-signature">Get Outlook for iOS</div>', "Get Outlook for iOS"),
        ('Hi<div class="protonmail_signature_block">Sent with Proton</div>', "Sent with Proton"),
        ('Hi<div id="AppleMailSignature">Sent from my iPhone</div>', "Sent from my iPhone"),
        ('Hi<div id="Signature">Ann<blockquote type="cite">Q</blockquote></div>', "Ann"),
    ],
)
def test_signatures_that_the_client_marks_are_cut(html: str, signature: str) -> None:
    assert signatures(html) == [signature]


def test_a_signature_inside_a_quotation_belongs_to_the_quotation() -> None:
    assert signatures('<blockquote type="cite">Q<div class="gmail_signature">Bob</div></blockquote>') == []


@pytest.mark.parametrize(
    "html",
    [
        '<div class="moz-forward-container">-- Forwarded Message --<table><tr><th>From: </th><td>B</table>T</div>',
        '<div class="gmail_quote">---------- Forwarded message ---------<br>From: B<blockquote>T</blockquote>T</div>',
        '<div class="gmail_quote">---------- Doorgestuurd bericht ---------<br>From: B<br><br>T</div>',
        '<blockquote type="cite"><div>Begin forwarded message:</div><b>From: </b>B<br>T</blockquote>',
        '<blockquote type="cite"><div>Anfang der weitergeleiteten Nachricht:</div><b>Von: </b>B<br>T</blockquote>',
    ],
)
def test_forwarded_mail_is_told_from_quotation(html: str) -> None:
    read = read_html("<p>FYI</p>" + html)
    assert read.cuts.quotes == ()
    assert [span.end for span in read.cuts.forwards] == [len(read.text)]
    assert read.text[: read.cuts.forwards[0].start].strip() == "FYI"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000 + "deep",
        "<b>" * 4_000 + "deep",
        "<div " + " ".join(f"a{number}=b" for number in range(20_000)) + ">deep",
        "<p>hello" * 250_000,
        "<a " * 70_000,
        "<!--" * 50_000,
        "<style>" * 30_000,
        '<a "' * 50_000,
        "<" * 200_000,
        "&#" + "9" * 200_000 + ";",
        "<table><tr><td>x" * 12_000,
        "<div class=moz-cite-prefix>" * 400 + "x<br>" * 36_000,
        '<a href="http://x">' * 400 + "y<br>" * 20_000 + "</a>" * 400,
        "<div class=gmail_signature>x</div>y<blockquote type=cite>y</blockquote>z" * 3_000,
        '<p style="' + "border-top:" * 19_000 + '">x',
        "<pre>" + " x\n" * 60_000,
    ],
    ids=range(16),
)
def test_hostile_html_takes_linear_time(html: str) -> None:
    started = time.process_time()
    read_html(html)
    assert time.process_time() - started < 1  # about 0.1 s on an idle machine; bench/hostile.py has larger ones


def test_text_too_deep_to_follow_is_kept() -> None:
    assert "deep" in read_html("<div>" * 100_000 + "deep").text


def test_text_behind_too_many_tags_is_kept() -> None:
    assert read_html("<b2>x</b2>" * 60_000 + "<p>last&amp;least</p>").text.endswith("last&least")


@settings(max_examples=60, deadline=None)
@given(st.lists(TAGS, max_size=60).map("".join))
def test_any_html_gives_clean_text_and_ordered_cuts_at_line_ends(html: str) -> None:
    read = read_html(html)
    assert not any(0xD800 <= ord(character) < 0xE000 or character == "\0" for character in read.text)
    for spans in (read.cuts.quotes, read.cuts.signatures, read.cuts.forwards):
        ends = [place for span in spans for place in (span.start, span.end)]
        assert ends == sorted(ends)
        assert all(span.start < span.end <= len(read.text) for span in spans)
        assert all(read.text[span.start - 1 : span.start] in ("", "\n") for span in spans)
        assert all(read.text[span.end : span.end + 1] in ("", "\n") for span in spans)


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_any_text_is_read_without_an_exception(html: str) -> None:
    assert isinstance(read_html(html), HtmlText)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["div", "p", "b", "td", "blockquote", "li", "span", "font"]), max_size=8), st.booleans()
)
def test_words_survive_any_nesting(names: list[str], are_closed: bool) -> None:
    opening = "".join(f"<{name}>w{number} " for number, name in enumerate(names))
    closing = "".join(f"</{name}>" for name in reversed(names)) if are_closed else ""
    text = read_html(opening + closing).text
    assert [word for word in text.split() if word.startswith("w")] == [f"w{number}" for number in range(len(names))]


def test_rows_of_one_mail_are_counted_apart_from_those_of_another() -> None:
    html = "<p>a</p><table><tr><td><p>x</p></td><td>y</td></tr><tr><td><p>z</p></td><td>w</td></tr></table>"
    assert read_html(html).text == read_html(html).text == "a\n\nx | y\nz | w"
