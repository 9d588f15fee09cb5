"""The gate refuses every mail that is not exactly what was meant. Its mails are written by hand, not composed."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon import gate
from tests.fakes.drafts import ANN, BOB, DESK, parsed

HEAD = (
    b"Date: Mon, 01 Jun 2026 10:00:00 +0000\r\nFrom: Desk <desk@ours.example>\r\nTo: Ann <ann@customer.example>\r\n"
    b"Subject: Printer\r\nMessage-ID: <one@ours.example>\r\nMIME-Version: 1.0\r\n"
)
TEXT = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
PLAIN = HEAD + TEXT + b"Hello=20\r\n"
NOTE = b"The customer is on the blacklist, be careful"
LEAK = "internal text in outgoing mail"


def inspect(raw: bytes, **changes: object) -> tuple[str, ...]:
    options: dict[str, object] = {"recipient": ANN, "visible": [ANN, BOB], "own": ["ours.example"]}
    return gate.inspect(raw, **(options | changes))  # type: ignore[arg-type]  # the defaults above, varied


def swap(old: bytes, new: bytes) -> bytes:
    assert old in PLAIN
    return PLAIN.replace(old, new, 1)


def multipart(*parts: bytes, end: bytes = b"\r\n--b--\r\n") -> bytes:
    head = HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    return head + b"\r\n".join(b"--b\r\n" + part for part in parts) + end


def test_a_harmless_mail_passes() -> None:
    assert inspect(PLAIN) == ()


def test_a_harmless_mail_in_parts_passes() -> None:
    image = b'Content-Type: image/png; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA'
    assert inspect(multipart(TEXT + b"Hello", image)) == ()


def test_the_gate_refuses_every_known_exploit() -> None:
    assert gate.self_probe() == ()


@pytest.mark.parametrize(
    ("raw", "violation"),
    [
        (b"", "header block does not end"),
        (HEAD, "header block does not end"),
        (PLAIN[:-2], "last line does not end"),
        (swap(b"Hello", b"a\nb"), "bare CR or LF"),
        (swap(b"Hello", b"a\rb"), "bare CR or LF"),
        (swap(b"Hello", b"\0"), "control character"),
        (swap(b"Printer", b"\x1b[2J"), "control character"),
        (swap(b"Hello", "ü".encode()), "8-bit body"),
        (swap(b"Hello", b"x" * 999), "line over 998 octets"),
        (swap(b"Printer", "ü".encode()), "8-bit header: subject"),
        (swap(b"Printer", b"\xff"), "header is not UTF-8"),
        (swap(b"Subject:", b"Bcc: x@y.de\r\nSubject:"), "header not allowed: bcc"),
        (swap(b"Subject:", b"Received: x\r\nSubject:"), "header not allowed: received"),
        (swap(b"Subject:", b"Subject: a\r\nSubject:"), "header more than once: subject"),
        (swap(b"Subject:", b"SUBJECT: a\r\nSubject:"), "header more than once: subject"),
        (swap(b"Subject: Printer\r\n", b""), "header missing: subject"),
        (swap(b"To: Ann", b"\r\nTo: Ann"), "header missing: to"),
        (swap(b"Subject: Printer", b"Subject : Printer"), "not a header line: b'Subject : Printer'"),
        (swap(b"Subject: Printer", b"nonsense"), "not a header line: b'nonsense'"),
        (swap(b"Printer", b"a\r\n \r\n b"), "not a header line: b'Subject: a\\r\\n \\r\\n b'"),
        (b" folded first\r\n" + PLAIN, "not a header line: b' folded first'"),
        (swap(b"<one@ours.example>", b"<one>"), "header malformed: message-id"),
        (swap(b"<one@ours.example>", b"<a@b> <c@d>"), "header malformed: message-id"),
        (swap(b"Mon, 01", b"yesterday"), "header malformed: date"),
        (swap(b"1.0", b"2.0"), "header malformed: mime-version"),
        (swap(b"MIME", b"References: a b\r\nMIME"), "header malformed: references"),
        (swap(b"MIME", b"Auto-Submitted: no\r\nMIME"), "header malformed: auto-submitted"),
        (swap(b"Printer", b"=?utf-8?q?a=0Ab?="), "encoded-word hides a control character"),
        (swap(b"Printer", b"=?utf-8?b?YQpi?="), "encoded-word hides a control character"),
        (swap(b"Printer", b"=?utf-8?q?a=E2=80=A8b?="), "encoded-word hides a control character"),
        (swap(b"Printer", b"=?utf-8?q?=FF?="), "encoded-word that does not decode"),
        (swap(b"Printer", b"=?nonsense?q?a?="), "encoded-word that does not decode"),
        (swap(b"Printer", b"=?utf-8?b?a?="), "encoded-word that does not decode"),
        (swap(b"Printer", b"=?utf-8?b?w4Qs=?="), "encoded-word that does not decode"),
        (swap(b"Printer", b"x=?utf-8?q?a?="), "stray encoded-word"),
        (swap(b"Printer", b"=?utf-8?q?a"), "stray encoded-word"),
        (swap(b"Ann <ann@customer.example>", b"Ann (x) <ann@customer.example>"), "not an address list: to"),
        (swap(b"Ann <ann@customer.example>", b"g: ann@customer.example;"), "not an address list: to"),
        (swap(b"Ann <ann@customer.example>", b"ann@customer.example,"), "not an address list: to"),
        (swap(b"Ann <ann@customer.example>", b"<@a.de:ann@customer.example>"), "not an address list: to"),
        (swap(b"Ann <ann@customer.example>", b"a@b.de <ann@customer.example>"), "not an address list: to"),
        (swap(b"Ann <ann@customer.example>", b'"a <b@c.de>" <ann@customer.example>'), "not an address list: to"),
        (swap(b"Ann <ann", b"x@y.de, Ann <ann"), "To or Cc shows an address it may not"),
        (swap(b"Subject", b"Cc: Eve <eve@x.de>\r\nSubject"), "To or Cc shows an address it may not"),
        (swap(b"ann@customer", b"bob@customer"), "envelope recipient is not intended"),
        (swap(b"desk@ours", b"desk@evil"), "From is not ours"),
        (swap(b"Desk <", b"x@ours.example, Desk <"), "more than one address in From or Reply-To"),
        (swap(b"MIME", b"Reply-To: a@b.de, c@d.de\r\nMIME"), "more than one address in From or Reply-To"),
        (swap(b"text/plain; charset=utf-8", b"text"), "Content-Type is missing or malformed"),
        (swap(b"charset=utf-8", b"name*=utf-8''a%0D%0Ab"), "parameter hides a control character"),
        (swap(b"quoted-printable", b"8bit"), "body is not 8bit"),
        (swap(b"Hello=20", b"a=b"), "body is not quoted-printable"),
        (swap(b"Hello=20", b"trailing "), "body is not quoted-printable"),
        (swap(b"Hello=20", b"x" * 77), "body is not quoted-printable"),
        (swap(b"quoted-printable", b"base64"), "body is not base64"),
        (multipart(), "multipart with text outside its parts"),
        (multipart(TEXT, end=b"\r\n"), "multipart with text outside its parts"),
        (multipart(TEXT, end=b"\r\n--b--\r\nepilogue\r\n"), "multipart with text outside its parts"),
        (multipart(b"no header"), "part without a header block"),
        (multipart(b"Bcc: x@y.de\r\n" + TEXT), "part with a header it may not have"),
        (multipart(b"Content-ID: <a@b>\r\nContent-ID: <a@b>\r\n" + TEXT), "part with a header it may not have"),
    ],
)
def test_what_is_wrong_is_named(raw: bytes, violation: str) -> None:
    assert violation in inspect(raw)


def test_every_single_cut_is_noticed() -> None:
    assert [end for end in range(len(HEAD + TEXT)) if not inspect(PLAIN[:end])] == []


def test_multiparts_do_not_nest_without_end() -> None:
    raw = TEXT + b"deep"
    for level in range(6):
        boundary = b"b%d" % level
        head = b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n--' + boundary + b"\r\n"
        raw = head + raw + b"\r\n--" + boundary + b"--"
    assert inspect(HEAD + raw + b"\r\n") == ("multipart without a boundary, or too deep",)


@pytest.mark.parametrize(
    ("own", "passes"), [([DESK], True), (["OURS.example"], True), (["other@ours.example"], False), ([], False)]
)
def test_from_is_one_of_our_addresses_or_domains(own: list[str], passes: bool) -> None:
    assert (inspect(PLAIN, own=own) == ()) is passes


def test_a_hidden_watcher_gets_the_mail_and_stays_hidden() -> None:
    assert inspect(PLAIN, recipient="boss@ours.example", hidden=["boss@ours.example"]) == ()
    assert inspect(PLAIN, recipient="boss@ours.example") == ("envelope recipient is not intended",)


def test_both_spellings_of_an_international_address_are_one() -> None:
    raw = swap(b"ann@customer.example", b"Ann@xn--strae-oqa.example")
    assert inspect(raw, recipient="ann@straße.example", visible=["ann@xn--strae-oqa.EXAMPLE"]) == ()


@pytest.mark.parametrize("recipient", ["", "ann", "ann@customer.example\r\n", "a b@c.de", "ann@customer.example>"])
def test_a_malformed_envelope_recipient_is_refused(recipient: str) -> None:
    assert "envelope recipient is not intended" in inspect(PLAIN, recipient=recipient, hidden=[recipient])


@pytest.mark.parametrize(
    "body",
    [
        TEXT + NOTE + b"\r\n",
        TEXT + b"> The customer is on=\r\n the black=6Cist,\r\n>> be   careful\r\n",
        TEXT.replace(b"quoted-printable", b"base64") + base64.encodebytes(NOTE).replace(b"\n", b"\r\n"),
        TEXT.replace(b"plain", b"html") + b"<p>The customer <b>is</b> on the black&#108;ist, be&nbsp;careful\r\n",
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(b"%PDF" + NOTE).replace(b"\n", b"\r\n"),
    ],
)
def test_an_internal_note_is_found_in_any_wrapping(body: bytes) -> None:
    assert inspect(HEAD + body, canaries=[NOTE]) == (LEAK,)


def test_an_internal_note_is_found_in_an_encoded_subject() -> None:
    words = [b"=?utf-8?b?" + base64.b64encode(half) + b"?=" for half in (NOTE[:20], NOTE[20:])]
    assert inspect(swap(b"Printer", b"\r\n ".join(words)), canaries=[NOTE]) == (LEAK,)


@pytest.mark.parametrize("canary", [b"", b" \r\n", b"something else entirely"])
def test_a_note_that_is_not_there_is_not_found(canary: bytes) -> None:
    assert inspect(PLAIN, canaries=[canary]) == ()


FRAGMENTS = [
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b" ",
        b"\t",
        b",",
        b'"',
        b"\\",
        b"(",
        b")",
        b":",
        b";",
        b"<",
        b">",
        b"@",
        b"=",
        b"?=",
        b"\0",
    ),
    *(b"\r\nBcc: evil@example.com", b"evil@example.com", b"<evil@example.com>", b"\r\n\r\n", b"\r\nTo: ", b"\x80"),
    *(b"=?utf-8?q?=0A?=", b"=?utf-8?b?Cg==?=", b"Cc: ", b"--b", b"\r\n "),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(PLAIN)), st.sampled_from(FRAGMENTS)), min_size=1, max_size=3))
def test_whatever_passes_has_no_stranger_in_it_for_another_reader(splices: list[tuple[int, bytes]]) -> None:
    raw = PLAIN
    for position, fragment in splices:
        raw = raw[:position] + fragment + raw[position:]
    if inspect(raw):
        return
    mail = parsed(raw)
    assert sorted(mail.keys()) == sorted(parsed(PLAIN).keys())
    assert [address.addr_spec for address in mail["To"].addresses] == [ANN]


def test_a_large_attachment_is_scanned_quickly() -> None:
    content = base64.encodebytes(bytes(range(256)) * 20_000).replace(b"\n", b"\r\n")
    image = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert inspect(multipart(TEXT + b"Hello", image + content.rstrip()), canaries=[NOTE]) == ()
