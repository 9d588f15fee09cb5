"""Whatever happens to a golden mail on its way: no line of its text is lost or doubled, no field gets a second line."""

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import parse
from parsers.mail import Address, ParsedMail

MAILS = Path(__file__).resolve().parent.parent / "mail"
RAWS = {path.stem: path.read_bytes() for path in sorted(MAILS.glob("*.eml")) if path.stat().st_size < 20_000}
UNCLEAN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LINE_ENDS = re.compile("[\r\n\x85\u2028\u2029]")

TOKENS = st.sampled_from(
    [b"\n", b"\r\n", b"\r", b"\0", b"\n\n", b"> ", b">", b"\n-- \n", b"--", b"On Monday Ann wrote:\n", b"\t", b" ",
     b"________________________________\n", b"<blockquote>", b"</div>", b"<div class=gmail_quote>", b"<br>", b"=\n",
     b"=?utf-8?Q?=0D=0A?=", b"\xff", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"&#10;", b"&#0;", b"##-- postroom:",
     b"From: a@b.example\n", b"Sent from my iPhone\n"]
)  # fmt: skip
PLACES = st.floats(0, 1, allow_nan=False)
INSERTIONS = st.tuples(st.just("insert"), PLACES, TOKENS)
CUTS = st.tuples(st.just("cut"), PLACES, st.integers(1, 200))
REPEATS = st.tuples(st.just("repeat"), PLACES, st.integers(1, 200))
CHANGES = st.lists(st.one_of(INSERTIONS, CUTS, REPEATS), max_size=8)


def changed(raw: bytes, changes: list[tuple[str, float, bytes | int]]) -> bytes:
    for kind, place, what in changes:
        at = int(place * len(raw))
        if isinstance(what, bytes):
            raw = raw[:at] + what + raw[at:]
        else:
            piece = raw[at : at + what]
            raw = raw[:at] + (b"" if kind == "cut" else piece * 2) + raw[at + what :]
    return raw


def filled(text: str) -> list[str]:
    return sorted(line.strip() for line in text.split("\n") if line.strip())


def people(mail: ParsedMail) -> list[Address]:
    forwarded = [mail.forward.sender, *mail.forward.to, *mail.forward.cc] if mail.forward else []
    listed = [mail.sender_from, mail.sender, *mail.reply_to, *mail.to, *mail.cc, *forwarded]
    return [person for person in listed if person]


def single_lines(mail: ParsedMail) -> list[str]:
    lines = [mail.subject, mail.message_id, *mail.in_reply_to, *mail.references, mail.language, *mail.defects]
    lines += [text for person in people(mail) for text in (person.name, person.address)]
    lines += [text for file in mail.attachments for text in (file.name, file.content_type, file.claimed_type)]
    lines += [text for header in mail.headers for text in header] + list(mail.automatic.evidence)
    lines += [mail.forward.subject, mail.forward.date] if mail.forward else []
    bounced = mail.bounce.recipients if mail.bounce else ()
    return lines + [text for each in bounced for text in (each.address, each.status, each.action)]


def texts(mail: ParsedMail) -> list[str]:
    forward = [mail.forward.body, mail.forward.comment] if mail.forward else []
    return [mail.text, mail.html, mail.reply, mail.signature, mail.quoted, *forward]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(RAWS)), CHANGES)
def test_every_line_of_a_text_is_in_one_of_its_three_parts(
    name: str, changes: list[tuple[str, float, bytes | int]]
) -> None:
    mail = parse(changed(RAWS[name], changes))
    assert filled("\n".join((mail.reply, mail.signature, mail.quoted))) == filled(mail.text)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(RAWS)), CHANGES)
def test_fields_stay_on_their_lines_and_texts_are_clean(
    name: str, changes: list[tuple[str, float, bytes | int]]
) -> None:
    mail = parse(changed(RAWS[name], changes))
    assert not LINE_ENDS.search("".join(single_lines(mail)))
    assert not UNCLEAN.search("".join(single_lines(mail) + texts(mail)))
