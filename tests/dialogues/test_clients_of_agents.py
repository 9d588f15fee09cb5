"""Agents' answers as Outlook, Gmail and Apple Mail write them, with commands on top and our notice quoted below.

The files in tests/mail/agents have the shape of recorded mails; what belongs to one notice is filled in.
"""

import quopri
import re
from pathlib import Path

import pytest
from postroom import ALICE, ANNA, BEN, US, Postroom, Sent, to, who

from daemon.clock import FakeClock
from daemon.store.store import Store

FILES = sorted((Path(__file__).parents[1] / "mail" / "agents").glob("*.eml.in"))
CANARY = "The canary sings in the cellar: this customer has not paid for a year, do not tell."
SAID = "Dear Alice,\n\nplease turn it off & on again: the <Power> button.\n\nAnna"
CUT_LINE = re.compile(r"##-- postroom[^\n<]*")


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Postroom:
    return Postroom(store, clock)


@pytest.fixture
def notice(desk: Postroom) -> Sent:
    """A notice to Anna that tells, below its line, what Ben noted for nobody outside."""
    first = to(desk.write(ALICE, "It does not print.\n"), BEN)
    desk.answer(first, f"#tag new\n#note\n{CANARY}\n")
    desk.wait(minutes=5)
    told = to(desk.write(ALICE, "Are you there?\n", subject="Re: [#1001] Printer"), ANNA)
    assert CANARY in " ".join(told.text.split())
    return told


def body_of(notice: Sent) -> str:
    return notice.html.partition("<body")[2].partition(">")[2].rpartition("</body>")[0]


def as_word_has_it(html: str) -> str:
    """Word makes every paragraph its own."""
    return html.replace("<p>", '<p class="MsoNormal">').replace("</p>", "<o:p></o:p></p>")


def recorded(file: Path, notice: Sent, *, without_line: bool = False) -> bytes:
    """The mail, filled in with what the client quotes; parts that say so are quoted-printable."""
    text, html = notice.text, body_of(notice)
    if without_line:
        text, html = CUT_LINE.sub("", text), CUT_LINE.sub("", html)
    reply_to = notice.mail["Reply-To"].addresses[0].addr_spec
    filled = file.read_text(encoding="utf-8")
    for word, value in {
        "@TO@": reply_to,
        "@SUBJECT@": str(notice.mail["Subject"]),
        "@MESSAGE_ID@": str(notice.mail["Message-ID"]),
        "@TEXT@": text,
        "@QUOTED@": "\n".join(f"> {line}" for line in text.splitlines()),
        "@WORD_HTML@": as_word_has_it(html),
        "@HTML@": html,
    }.items():
        filled = filled.replace(word, value)
    return b"\n".join(_encoded(part) for part in re.split(r"\n(?=--)", filled)).replace(b"\n", b"\r\n")


def _encoded(part: str) -> bytes:
    head, gap, body = part.partition("\n\n")
    if "quoted-printable" not in head:
        return part.encode()
    return (head + gap).encode() + quopri.encodestring(body.encode())


def receive(desk: Postroom, raw: bytes, notice: Sent) -> list[Sent]:
    before = len(desk.sent)
    proof = b"Authentication-Results: mx.us.example; dmarc=pass header.from=us.example\r\n"
    desk.receive(proof + raw, ANNA, [notice.mail["Reply-To"].addresses[0].addr_spec])
    return desk.sent[before:]


NAMES = [each.name.partition(".")[0] for each in FILES]


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_commands_are_done_and_the_customer_reads_the_words_alone(desk, notice, file: Path) -> None:
    mails = receive(desk, recorded(file, notice), notice)
    ticket, reply = desk.ticket(), to(mails, ALICE)
    assert who(mails) == [("command-result", ANNA), ("reply", ALICE)]
    assert (ticket["status"], ticket["tags"], ticket["assignee"]) == ("solved", ["paper"], "anna")
    assert reply.text == SAID
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reply.html.partition("<body")[2].partition(">")[2]))
    assert shown.strip() == "Dear Alice, please turn it off &amp; on again: the &lt;Power&gt; button. Anna"


@pytest.mark.parametrize("without_line", [False, True], ids=["with-line", "line-deleted"])
@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_nothing_from_inside_leaves_whether_the_line_is_there_or_not(desk, notice, file: Path, without_line) -> None:
    mails = receive(desk, recorded(file, notice, without_line=without_line), notice)
    for each in (mail for mail in mails if mail.recipient == ALICE):
        seen = f"{each.text}\n{each.html}".lower()
        assert [word for word in ("canary", "postroom", "#solve", "#tag", "mailto:") if word in seen] == []
        assert ANNA not in each.raw.decode("ascii")
        assert str(each.mail["From"]) == f'"Anna Agent (Example support)" <{US}>'


def test_every_client_is_there() -> None:
    assert set(NAMES) == {
        "apple_ios",
        "apple_macos",
        "gmail_android",
        "gmail_web",
        "outlook_mac",
        "outlook_web",
        "outlook_windows",
    }
