"""Whatever the bytes: parse gives a mail, on single lines, in clean text, the same one every time."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import contents, parse
from parsers.addresses import read_addresses, read_from
from parsers.charsets import decode_text
from parsers.headers import decode_header
from parsers.mail import ParsedMail

NOT_ON_ONE_LINE = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")

names = st.sampled_from(
    [b"From", b"To", b"Cc", b"Subject", b"Date", b"Message-ID", b"References", b"Content-Type", b"Sender",
     b"Content-Disposition", b"Content-Transfer-Encoding", b"Content-ID", b"Reply-To", b"X-Any"]
)  # fmt: skip
tokens = st.sampled_from(
    [b"a@b.example", b"<a@b.example>", b"=?utf-8?q?=0D=0A=C3=A4?=", b"=?x?b?5pel?=", b"\xff\xe4", b'"', b"(", b")",
     b"<", b">", b",", b";", b":", b"\\", b"=", b" ", b"\r", b"\n ", b"\t", b"\0", b"multipart/mixed", b"boundary=B",
     b"text/html", b"charset=", b"utf-16", b"utf-7", b"name*0*=", b"filename=", b"../x.pdf", b"base64", b"%e4", b"''",
     b"Sun, 22 Nov 2026 12:00:00 +0100", b"message/rfc822", b"attachment", b"quoted-printable", b"@"]
)  # fmt: skip
values = st.lists(st.one_of(tokens, st.binary(max_size=6)), max_size=12).map(b"".join)
fields = st.tuples(names, values).map(b": ".join)
lines = st.one_of(fields, st.sampled_from([b"--B", b"--B--", b"", b"text \xc3\xa4", b"+2AA-", b"aGVsbG8="]), values)
mails = st.lists(lines, max_size=25).map(b"\n".join)


def single_lines(mail: ParsedMail) -> str:
    people = [person for person in (mail.sender_from, mail.sender, *mail.reply_to, *mail.to, *mail.cc) if person]
    texts = [mail.subject, mail.message_id, *mail.in_reply_to, *mail.references, *mail.defects]
    texts += [text for person in people for text in (person.name, person.address)]
    texts += [text for file in mail.attachments for text in (file.name, file.content_type, file.content_id)]
    return "".join(texts + [text for pair in mail.headers for text in pair])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.one_of(mails, st.binary(max_size=400)))
def test_any_bytes_are_a_mail_on_clean_single_lines(raw: bytes) -> None:
    mail = parse(raw)
    assert not NOT_ON_ONE_LINE.search(single_lines(mail))
    "".join((mail.text, mail.html, mail.reply, mail.signature, mail.quoted)).encode("utf-8")
    assert "\0" not in mail.text + mail.html


@settings(max_examples=60, deadline=None, derandomize=True)
@given(mails)
def test_reading_twice_gives_the_same_and_contents_match(raw: bytes) -> None:
    mail = parse(raw)
    assert mail == parse(raw)
    assert [len(content) for content in contents(raw)] == [file.size for file in mail.attachments]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(values)
def test_an_author_is_always_one_of_the_addresses_a_tolerant_reader_finds(raw: bytes) -> None:
    author = read_from(raw).address
    if author is not None:
        assert author.address in {address.address for address in read_addresses(raw)}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.one_of(values, st.binary(max_size=100)), st.sampled_from(["", "utf-8", "utf-7", "utf-16", "hz", "big5", "?"]))
def test_decoded_text_can_always_be_encoded(raw: bytes, charset: str) -> None:
    assert "\0" not in decode_text(raw, charset).text.encode("utf-8").decode("utf-8")
    assert not NOT_ON_ONE_LINE.search(decode_header(raw, charset).text)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60))
def test_text_in_utf_8_comes_back_as_it_went_in(text: str) -> None:
    assert decode_text(text.encode("utf-8"), "utf-8").text == text.removeprefix("\ufeff")
