"""Agents answer notices full of internal notes, in six clients, with and without the cut line: does anything leak?

usage: leaks.py [CONVERSATIONS=10000] [SEED=1]     prints one JSON object; exits 1 when a canary reached a customer

Each conversation renders a real notice whose history holds notes with a canary, writes the answer as a client would,
parses it and decides about it. An answer is honest when the agent wrote it above the cut line or quoted nothing.
"""

import html
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import parsers
from rules import tokens
from rules.actions import AddMessage, Decision
from rules.cutline import cut_line
from rules.decide import decide
from rules.facts import Agent, Desk, Envelope, Found, Mailbox, Participant, Role, Status, Team, TicketFacts
from rules.tokens import TokenKind
from templates.catalogue import NOTICES
from templates.notices import Notices, packaged
from templates.render import Rendered

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
KEYS = (b"k" * 32,)
US, ALICE, ANNA = "support@us.example", "alice@cust.example", "anna@us.example"
DESK = Desk(
    mailboxes=(Mailbox(name="support", address=US, team="first"),),
    agents=(Agent(name="anna", addresses=(ANNA,), display_name="Anna Agent", teams=("first",)),),
    teams=(Team(name="first"),),
    keys=KEYS,
    domain="us.example",
)
TICKET = TicketFacts(
    id=7,
    number=123,
    subject="Printer",
    status=Status.OPEN,
    team="first",
    mailbox="support",
    requester=ALICE,
    participants=(Participant(address=ALICE, role=Role.REQUESTER),),
)
SENTENCES = (
    "Thank you for writing to us.",
    "Please turn the printer off, wait a minute and turn it on again.",
    "I have sent you a new cartridge today.",
    "Could you tell me the number on the back?",
    "That should be fixed by Monday, 09:00.",
    "See https://desk.example/kb/printer for pictures.",
    "1. Open the lid\n2. Take the paper out\n3. Close the lid",
    "Am I right that it worked before?",
)
CLIENTS = ("outlook", "gmail", "apple", "mutt", "k9", "thunderbird")
SHAPES = ("top", "top", "top", "top", "top", "bare", "bare", "trimmed", "bottom", "inline")
WROTE = "On Sun, 22 Nov 2026 at 10:00, Example support <support@us.example> wrote:"
NOTICE_SET = Notices(packaged())


@dataclass(frozen=True, slots=True)
class Conversation:
    """One answer, and what must not be in it."""

    client: str
    shape: str
    keeps_line: bool
    canary: str
    begins: str
    raw: bytes

    @property
    def is_honest(self) -> bool:
        """Written where the notice says, or without any quotation."""
        return self.shape == "bare" or (self.shape == "top" and self.keeps_line)


@dataclass(slots=True)
class Tally:
    """What became of the answers."""

    sent: int = 0
    held: int = 0
    honest: int = 0
    honest_held: int = 0
    honest_cut: int = 0
    leaks: list[str] = field(default_factory=list)
    held_by: Counter[str] = field(default_factory=Counter)


def conversation(dice: random.Random, number: int) -> Conversation:
    """One answer, made of the dice."""
    canary = f"CANARY{dice.getrandbits(64):016x}"
    notice = _notice(dice, canary)
    client, shape, keeps_line = dice.choice(CLIENTS), dice.choice(SHAPES), dice.random() < 0.6
    own = "\n\n".join(dice.sample(SENTENCES, dice.randint(1, 4)))
    own += dice.choice(("", "\n\nAnna", "\n\nBest regards\nAnna Agent", "\n\n-- \nAnna Agent\nExample support"))
    quoted = notice.text if keeps_line else _without_line(notice.text)
    page = notice.html if keeps_line else _without_line(notice.html)
    text, rich = _CLIENTS[client](dice, shape, own, quoted, page)
    return Conversation(client, shape, keeps_line, canary, own.split("\n")[0], _mail(number, text, rich))


def _notice(dice: random.Random, canary: str) -> Rendered:
    notes = [
        {"at": "2026-11-21 09:00", "author": "ben", "public": False, "text": text}
        for text in (f"{canary} he never pays", f"Called billing.\n{canary}", f"{canary} " + "long words " * 12)
    ]
    chosen = dice.sample(notes, dice.randint(1, 3))
    template = dice.choice(("customer-reply-notice", "new-ticket-notice", "assigned-notice"))
    variables = {
        **NOTICES[template].sample,
        "message": {"author": ALICE, "text": "It does not print.\nWhat now?", "attachments": [], "banner": ""},
        "cut_line": cut_line(KEYS, 55, "write your reply above this line"),
        "history": chosen,
    }
    return NOTICE_SET.render(template, (), variables)


def _without_line(text: str) -> str:
    """A tidy agent has deleted the line, and perhaps not what stands below it."""
    return "\n".join(line for line in text.split("\n") if "postroom:" not in line)


def _quoted(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))


def _plain(dice: random.Random, shape: str, own: str, quoted: str, head: str) -> str:
    """The ways to arrange new text and quotation."""
    if shape == "bare":
        return own
    lines = _quoted(quoted)
    if shape == "top":
        return f"{own}\n\n{head}\n{lines}\n"
    if shape == "bottom":
        return f"{head}\n{lines}\n\n{own}\n"
    if shape == "trimmed":
        kept = lines.split("\n")[: dice.randint(3, 12)]
        return f"{head}\n" + "\n".join(kept) + f"\n\n{own}\n"
    rows = lines.split("\n")
    cut = dice.randint(1, len(rows) - 1)
    return f"{head}\n" + "\n".join(rows[:cut]) + f"\n\n{own}\n\n" + "\n".join(rows[cut:])


def _mutt(dice: random.Random, shape: str, own: str, quoted: str, _page: str) -> tuple[str, str]:
    return _plain(dice, shape, own, quoted, "On Sun, Nov 22, 2026 at 10:00:00AM +0000, Example support wrote:"), ""


def _k9(dice: random.Random, shape: str, own: str, quoted: str, _page: str) -> tuple[str, str]:
    head = "Am 22. November 2026 10:00:00 UTC schrieb Example support <support@us.example>:"
    return _plain(dice, shape, own, quoted, head), ""


def _paragraphs(own: str, tag: str) -> str:
    return "".join(f"<{tag}>{html.escape(line) or '<br>'}</{tag.split(maxsplit=1)[0]}>" for line in own.split("\n"))


def _body(page: str) -> str:
    return page.partition("<body")[2].partition(">")[2].rpartition("</body>")[0]


def _gmail(dice: random.Random, shape: str, own: str, quoted: str, page: str) -> tuple[str, str]:
    text = _plain(dice, "top" if shape not in ("bare",) else "bare", own, quoted, WROTE)
    quote = (
        f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{html.escape(WROTE)}<br>'
        f'</div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{_body(page)}</blockquote></div>'
    )
    return text, f'<div dir="ltr">{_paragraphs(own, "div")}</div>{"" if shape == "bare" else quote}'


def _apple(dice: random.Random, shape: str, own: str, quoted: str, page: str) -> tuple[str, str]:
    text = _plain(dice, "top" if shape not in ("bare",) else "bare", own, quoted, WROTE)
    quote = f'<div><br><blockquote type="cite"><div>{html.escape(WROTE)}</div><br>{_body(page)}</blockquote></div>'
    return text, f"<html><body>{_paragraphs(own, 'div')}{'' if shape == 'bare' else quote}</body></html>"


def _thunderbird(dice: random.Random, shape: str, own: str, quoted: str, page: str) -> tuple[str, str]:
    if dice.random() < 0.5:
        return _plain(dice, shape, own, quoted, "Am 22.11.26 um 10:00 schrieb Example support:"), ""
    cite = '<div class="moz-cite-prefix">On 22/11/2026 10:00, Example support wrote:<br></div>'
    quote = f'{cite}<blockquote type="cite" cite="mid:x@us.example">{_body(page)}</blockquote>'
    mine = _paragraphs(own, "p")
    parts = {"bare": mine, "bottom": quote + mine, "inline": quote + mine, "trimmed": quote + mine}
    return "", f"<html><body>{parts.get(shape, mine + quote)}</body></html>"


def _outlook(_dice: random.Random, shape: str, own: str, quoted: str, page: str) -> tuple[str, str]:
    names = ("From: Example support <support@us.example>", "Sent: Sunday, November 22, 2026 10:00 AM", "To: Anna Agent")
    head = "\n".join((*names, "Subject: [#123] Reply: Printer"))
    text = own if shape == "bare" else f"{own}\n\n{'_' * 32}\n{head}\n\n{quoted}"
    block = "".join(
        f"<b>{line.partition(':')[0]}:</b>{html.escape(line.partition(':')[2])}<br>" for line in head.split("\n")
    )
    border = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"
    quote = f"<div><div style='{border}'><p class=MsoNormal>{block}</p></div></div>{_body(page)}"
    mine = _paragraphs(own, "p class=MsoNormal")
    return text, f"<html><body><div class=WordSection1>{mine}{'' if shape == 'bare' else quote}</div></body></html>"


_CLIENTS = {
    "outlook": _outlook,
    "gmail": _gmail,
    "apple": _apple,
    "mutt": _mutt,
    "k9": _k9,
    "thunderbird": _thunderbird,
}


def _mail(number: int, text: str, rich: str) -> bytes:
    token = tokens.sign(KEYS, TokenKind.AGENT_REPLY, 7, ANNA, 55)
    head = (
        f"From: Anna Agent <{ANNA}>\nTo: {tokens.token_address(US, token)}\nSubject: Re: [#123] Reply: Printer\n"
        f"Message-ID: <{number}@us.example.com>\nMIME-Version: 1.0\n"
        f"In-Reply-To: {tokens.message_id(token, 'us.example')}\n"
    )
    plain = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
    page = f"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{rich}\n"
    if not (text and rich):
        return (head + (plain if text else page)).encode()
    both = f"--b\n{plain}\n--b\n{page}\n--b--\n"
    return f'{head}Content-Type: multipart/alternative; boundary="b"\n\n{both}'.encode()


def judged(each: Conversation) -> Decision:
    """What the desk would do with the answer."""
    envelope = Envelope(source="smtp", sender=ANNA, recipients=(US,), received_at=NOW)
    found = Found(tickets={7: TICKET}, by_number={123: 7})
    return decide(parsers.parse(each.raw), envelope, found, DESK, NOW)


def run(conversations: int, seed: int) -> Tally:
    """Play them all. The same seed plays the same ones."""
    dice, tally = random.Random(seed), Tally()
    for number in range(conversations):
        each = conversation(dice, number)
        entry = next(action for action in judged(each).actions if isinstance(action, AddMessage))
        if entry.public and each.canary in entry.text:
            tally.leaks.append(f"{number}: {each.client} {each.shape} line={each.keeps_line}")
        tally.sent, tally.held = tally.sent + entry.public, tally.held + (not entry.public)
        if each.is_honest:
            tally.honest, tally.honest_held = tally.honest + 1, tally.honest_held + (not entry.public)
            tally.honest_cut += entry.public and not entry.text.startswith(each.begins)
        if not entry.public:
            tally.held_by[f"{each.client} {each.shape} {'line' if each.keeps_line else 'no line'}"] += 1
    return tally


def main() -> int:
    """Print the tally of the whole run."""
    given = [int(each) for each in sys.argv[1:]]
    conversations, seed = [*given, *(10000, 1)[len(given) :]]
    tally = run(conversations, seed)
    share = 100 * tally.honest_held / max(1, tally.honest)
    print(
        json.dumps(
            {
                "conversations": conversations,
                "sent": tally.sent,
                "held": tally.held,
                "leaks": len(tally.leaks),
                "honest": tally.honest,
                "honest_held_percent": round(share, 2),
                "honest_cut_short": tally.honest_cut,
                "first_leaks": tally.leaks[:10],
                "held_by": dict(tally.held_by.most_common()),
            },
            indent=1,
        )
    )
    return 1 if tally.leaks or share >= 2 else 0


if __name__ == "__main__":
    sys.exit(main())
