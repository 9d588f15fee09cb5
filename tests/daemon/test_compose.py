"""Outgoing mail: what a draft says, other implementations read, and nothing a stranger wrote becomes a header."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.message import Message
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.compose import BadDraft, Draft, Part, compose
from daemon.headers import clean_file_name, clean_line
from tests.fakes.drafts import ANN, BOB, draft, faults, parsed

PLAIN_NAMES = [
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
]
FULL_NAMES = [
    *("Date", "From", "To", "Cc", "Reply-To", "Subject", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"),
    *("Thread-Index", "Thread-Topic", "X-Auto-Response-Suppress", "X-Postroom-Ticket", "MIME-Version", "Content-Type"),
]
PAYLOADS = [
    *(f"x{end}Bcc: evil@example.com" for end in ("\r\n", "\n", "\r", "\0", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85")),
    *(
        f"x{end}Bcc: evil@example.com"
        for end in ("\u2028", "\u2029", "\r\n\r\n", "\n\n", "\r\n ", "\n\t", "\\n", "%0D%0A")
    ),
    *("a\n", "a\r\n", "\n", "\r\n.\r\n", "\n.\n", " \r\n ", "\x1b[31m", "\x7f", "\t", ""),
    "=?utf-8?q?=0D=0ABcc:_evil@example.com?=",
    "x=?utf-8?q?=0ABcc:_evil@example.com?=",
    "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=",
    "=?utf-8?q?=0D?= =?utf-8?q?=0ABcc:_evil@example.com?=",
    "=?utf-8?q?a?=\r\n =?utf-8?q?=0ABcc:_evil@example.com?=",
    "=?utf-8?q?un",
    f"({'a' * 100}Bcc:evil@example.com)",
    f'"{"long name " * 12}<evil@example.com>"',
    "<evil@example.com>",
    "x <evil@example.com>, y",
    "g: evil@example.com;",
    "evil@example.com, ",
    ", ".join(f"evil{number}@example.com" for number in range(200)),
    "аnn <аnn@customer.example>",
    "x\udc0ay\ud800",
    '"; filename="evil.exe"; x="',
    "..\\..\\evil/../x\u202egpj.exe",
    " ".join(f"<{number}@example.com>" for number in range(400)),
    "<" + "x" * 10_000 + "@example.com>",
    "x" * 10_000,
    "ü" * 5_000,
    "é " * 400,
]
FIELDS: dict[str, Any] = {
    "subject": lambda text: {"subject": text},
    "from name": lambda text: {"from_": (text, "desk@ours.example")},
    "from address": lambda text: {"from_": ("Desk", text)},
    "to name": lambda text: {"to": ((text, ANN),)},
    "to address": lambda text: {"to": (("Ann", text),)},
    "to local part": lambda text: {"to": (("Ann", f"{text}@customer.example"),)},
    "cc name": lambda text: {"cc": ((text, BOB), (text, BOB))},
    "cc address": lambda text: {"cc": (("Bob", text),)},
    "reply-to name": lambda text: {"reply_to": (text, "desk+1@ours.example")},
    "reply-to address": lambda text: {"reply_to": ("Desk", text)},
    "message id": lambda text: {"message_id": text},
    "in-reply-to": lambda text: {"in_reply_to": text},
    "references": lambda text: {"references": ("<a@b>", text, f"<{text}@x>", "<c@d>")},
    "text": lambda text: {"text": text},
    "html": lambda text: {"html": f"<p>{text}</p>"},
    "file name": lambda text: {"attachments": (Part(name=text, content=b"x"),)},
    "file type": lambda text: {"attachments": (Part(name="x", content_type=text, content=b"x"),)},
    "content id": lambda text: {
        "html": "x",
        "attachments": (Part(name="x", content=b"x", content_id=text, inline=True),),
    },
    "thread topic": lambda text: {"extra": {"Thread-Topic": text}},
    "ticket field": lambda text: {"extra": {"X-Postroom-Ticket": text}},
    "extra name": lambda text: {"extra": {text: "x"}},
    "auto-submitted": lambda text: {"auto_submitted": text},
}


def smuggled(draft: Draft) -> list[object]:
    """What a draft brings into its mail that it must not; nothing when it is refused."""
    try:
        raw = compose(draft)
    except BadDraft:
        return []
    mail = parsed(raw)
    shown = getaddresses([str(value) for name in ("From", "To", "Cc", "Reply-To") for value in mail.get_all(name, [])])
    strange = set(mail.keys()) - {*FULL_NAMES, *PLAIN_NAMES}
    return [*faults(raw), *strange, *(address for _, address in shown if "evil" in address)]


@pytest.mark.parametrize("field", FIELDS)
def test_no_value_becomes_a_header_or_an_address(field: str) -> None:
    found = {payload: smuggled(draft(**FIELDS[field](payload))) for payload in PAYLOADS}
    assert {payload: what for payload, what in found.items() if what} == {}


def test_a_look_alike_address_does_not_pass_for_the_real_one() -> None:
    raw = compose(draft(to=(("Ann", "аnn@customer.example"),)))
    assert faults(raw) == ("To or Cc shows an address it may not", "envelope recipient is not intended")


def test_the_injection_grid_is_wide() -> None:
    assert len(PAYLOADS) * len(FIELDS) >= 500


NAMES = st.text(max_size=150)
PARTS = st.builds(
    Part,
    name=NAMES,
    content=st.binary(max_size=200),
    content_type=st.sampled_from(["image/png", "text/plain; charset=utf-8", "message/rfc822", "nonsense", "text/csv"]),
    content_id=st.sampled_from(["", "one@x", "two words"]),
    inline=st.booleans(),
)
DRAFTS = st.builds(
    draft,
    subject=st.text(max_size=300),
    text=st.text(max_size=300),
    html=st.none() | st.text(max_size=200),
    to=st.tuples(st.tuples(NAMES, st.just(ANN))),
    cc=st.lists(st.tuples(NAMES, st.just(BOB)), max_size=3).map(tuple),
    in_reply_to=st.text(max_size=20) | st.from_regex(r"\A<[a-z]{1,9}@[a-z]{1,9}>\Z"),
    references=st.lists(st.from_regex(r"\A<[!-;A-~]{1,60}@[a-z]{1,60}>\Z"), max_size=40).map(tuple),
    attachments=st.lists(PARTS, max_size=3).map(tuple),
    auto_submitted=st.sampled_from(["", "auto-replied", "auto-generated"]),
)


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def _body_text(text: str) -> str:
    """What a text body keeps: no controls, one kind of line end, no empty lines at the end, no surrogates."""
    lines = re.sub(r"[\0-\x08\v\f\x0e-\x1f\x7f]", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    return lines.rstrip("\n").encode("utf-8", "replace").decode()


@settings(max_examples=150, deadline=None)
@given(DRAFTS)
def test_any_draft_passes_the_gate_and_reads_back_the_same(drafted: Draft) -> None:
    raw = compose(drafted)
    mail = parsed(raw)
    bodies = [part for part in mail.walk() if not part.is_multipart()]
    files = {_content(part) for part in bodies if part.get_content_disposition()}
    assert faults(raw) == ()
    assert mail["Subject"] == clean_line(drafted.subject)
    assert _content(bodies[0]).decode().replace("\r\n", "\n").rstrip("\n") == _body_text(drafted.text)
    assert files == {part.content for part in drafted.attachments}
    assert not any(part.defects for part in mail.walk())


@settings(max_examples=100, deadline=None)
@given(NAMES)
def test_any_file_name_is_read_back_without_its_path(name: str) -> None:
    mail = parsed(compose(draft(attachments=(Part(name=name, content=b"x"),))))
    [part] = mail.iter_attachments()
    assert part["Content-Disposition"].params.get("filename", "") == clean_file_name(name)  # get_filename() strips <>


@settings(max_examples=100, deadline=None)
@given(NAMES)
def test_any_display_name_is_read_back_and_owns_no_address(name: str) -> None:
    [address] = parsed(compose(draft(to=((name, ANN),))))["To"].addresses
    # the standard library changes white space next to and between encoded-words of a phrase
    assert "".join(address.display_name.split()) == "".join(clean_line(name, 100).split())
    assert address.addr_spec == ANN


def test_a_full_mail_has_its_headers_in_order_and_once() -> None:
    raw = compose(_full())
    assert list(parsed(raw).keys()) == FULL_NAMES
    assert faults(raw) == ()


def test_a_plain_mail_has_no_more_headers_than_it_needs() -> None:
    assert list(parsed(compose(draft())).keys()) == PLAIN_NAMES


def test_the_parts_nest_as_mime_wants_them() -> None:
    types = [part.get_content_type() for part in parsed(compose(_full())).walk()]
    assert types == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"),
        "application/pdf",
    ]


def test_a_plain_mail_looks_as_it_always_does() -> None:
    assert compose(draft(text="Grüße\n.\nFrom here\n", in_reply_to="<p@x>")) == (
        b"Date: Mon, 01 Jun 2026 10:00:00 +0000\r\nFrom: Desk <desk@ours.example>\r\n"
        b"To: Ann <ann@customer.example>\r\nSubject: Printer\r\nMessage-ID: <one@ours.example>\r\n"
        b"In-Reply-To: <p@x>\r\nReferences: <p@x>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"Gr=C3=BC=C3=9Fe\r\n=2E\r\n=46rom here\r\n"
    )


def test_the_same_draft_makes_the_same_bytes() -> None:
    assert compose(_full()) == compose(_full())


def test_every_line_is_short_and_ascii() -> None:
    raw = compose(draft(subject="Störung " * 40, text="ü" * 5000, html="x" * 5000, to=(("Ä" * 90, ANN),)))
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    ("content_type", "sent_as"),
    [
        ("application/pdf", "application/pdf"),
        ("Text/CSV; charset=UTF-8", "text/csv"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("", "application/octet-stream"),
        ("a/b\r\nBcc: x@y", "application/octet-stream"),
        ("a/b; name=evil", "application/octet-stream"),
    ],
)
def test_a_file_has_the_type_it_may_have(content_type: str, sent_as: str) -> None:
    mail = parsed(compose(draft(attachments=(Part(name="f", content_type=content_type, content=b"x"),))))
    assert [part.get_content_type() for part in mail.iter_attachments()] == [sent_as]


def test_an_image_without_html_or_id_is_an_attachment() -> None:
    images = (
        Part(name="a.png", content=b"1", content_id="a", inline=True),
        Part(name="b.png", content=b"2", inline=True),
    )
    mail = parsed(compose(draft(attachments=images)))
    assert [part.get_content_disposition() for part in mail.iter_attachments()] == ["attachment", "attachment"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("report.pdf", b'filename="report.pdf"'),
        ("Übersicht.pdf", b"filename*=utf-8''%C3%9Cbersicht.pdf"),
        ("见积书.xlsx", b"filename*=utf-8''%E8%A7%81%E7%A7%AF%E4%B9%A6.xlsx"),
        ("x" * 70 + ".txt", b"filename*0*=utf-8''" + b"x" * 48 + b";\r\n filename*1*=" + b"x" * 22 + b".txt"),
        ("a/b\\..\\c.txt", b'filename="a_b_.._c.txt"'),
        ("invoice\u202efdp.exe", b'filename="invoicefdp.exe"'),
    ],
)
def test_a_file_name_is_written_for_every_client(name: str, line: bytes) -> None:
    assert line in compose(draft(attachments=(Part(name=name, content=b"x"),)))


def test_old_clients_see_an_ascii_name() -> None:
    raw = compose(draft(attachments=(Part(name="Übersicht 见.pdf", content=b"x"),)))
    assert b'name="Ubersicht _.pdf"' in raw


def test_a_long_file_name_keeps_its_extension() -> None:
    name = clean_file_name("é" * 300 + ".pdf")
    assert (name.endswith(".pdf"), len(name.encode()) <= 255) == (True, True)


def test_references_keep_the_root_and_the_newest() -> None:
    ids = tuple(f"<{number}.{'x' * 40}@example.com>" for number in range(100))
    raw = compose(draft(references=ids, in_reply_to=ids[-1]))
    header = re.search(rb"References:.*?\r\n(?![ \t])", raw, re.DOTALL)
    kept = parsed(raw)["References"].split()
    assert header
    assert len(header[0]) <= 902
    assert kept == [ids[0], *ids[101 - len(kept) :]]


def test_ids_that_are_none_are_left_out_of_the_thread() -> None:
    mail = parsed(compose(draft(references=("nonsense", "<a b@c>", "<=?utf-8?q?=0A?=@x>", "<ok@x>"), in_reply_to="<q")))
    assert (mail["References"], mail["In-Reply-To"]) == ("<ok@x>", None)


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("j@straße.de", b"<j@xn--strae-oqa.de>"),
        ("j@BÜCHER.example", b"<j@xn--bcher-kva.example>"),
        ("a..b.@docomo.example", b"<a..b.@docomo.example>"),
        ("o'brien+tag=x@x.example", b"<o'brien+tag=x@x.example>"),
        ("jörg@x.example", "<jörg@x.example>".encode()),
        ("root@localhost", b"<root@localhost>"),
    ],
)
def test_unusual_addresses_keep_their_meaning(address: str, wire: bytes) -> None:
    raw = compose(draft(to=(("A", address),)))
    assert b"To: A " + wire + b"\r\n" in raw
    assert faults(raw, address, recipient=address) == ()


@pytest.mark.parametrize(
    "address",
    [
        *("", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b c", "a@-b.de", "a@b..de", "a@[1.2.3.4]", '"a b"@c.de'),
        *(
            "a@b.de>",
            "<a@b.de",
            "a,b@c.de",
            "a@b.de,",
            "a(b)@c.de",
            "a\u00a0b@c.de",
            "a\u202eb@c.de",
            "x" * 65 + "@c.de",
        ),
        "a@" + "x" * 64 + ".de",
        "a@" + "é" * 64 + ".de",
        "=?utf-8?q?a?=@c.de",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadDraft):
        compose(draft(to=(("", address),)))


@pytest.mark.parametrize(
    "changes",
    [
        {"to": ()},
        {"message_id": "<no-at>"},
        {"message_id": "one@x"},
        {"date": datetime(2026, 1, 1)},  # noqa: DTZ001  # the missing zone is the point
        {"auto_submitted": "no"},
        {"extra": {"Bcc": ANN}},
        {"extra": {"Subject": "x"}},
        {"extra": {"X-Postroom-Ticket": "ü"}},
        {"extra": {"X-Postroom-": "x"}},
    ],
)
def test_what_no_mail_may_have_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadDraft):
        compose(draft(**changes))


def test_the_date_keeps_its_zone() -> None:
    zone = timezone(timedelta(hours=2))
    mail = parsed(compose(draft(date=datetime(2026, 6, 1, 10, tzinfo=zone))))
    assert mail["Date"].datetime == datetime(2026, 6, 1, 8, tzinfo=UTC)
    assert str(mail["Date"]).endswith("+0200")


def test_two_hundred_addresses_fold_into_short_lines() -> None:
    people = tuple((f"Person {number}", f"p{number}@customer.example") for number in range(200))
    raw = compose(draft(cc=people))
    assert len(parsed(raw)["Cc"].addresses) == 200
    assert max(map(len, raw.split(b"\r\n"))) <= 78


@pytest.mark.parametrize("text", ["", "\n", "\n\n\n"])
def test_an_empty_body_is_still_a_mail(text: str) -> None:
    raw = compose(draft(text=text))
    assert (parsed(raw).get_content().strip(), faults(raw)) == ("", ())


def _full() -> Draft:
    return draft(
        cc=(("Bob", BOB),),
        reply_to=("Desk", "desk+token@ours.example"),
        in_reply_to="<p@x>",
        references=("<r@x>", "<p@x>"),
        html='<p>Hello <img src="cid:logo@x"></p>',
        attachments=(
            Part(name="logo.png", content_type="image/png", content=b"png", content_id="logo@x", inline=True),
            Part(name="a.pdf", content_type="application/pdf", content=b"pdf"),
        ),
        auto_submitted="auto-replied",
        extra={
            "X-Auto-Response-Suppress": "All",
            "X-Postroom-Ticket": "12",
            "Thread-Topic": "Drucker",
            "Thread-Index": "AdY=",
        },
    )
