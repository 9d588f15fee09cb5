"""A whole desk in memory's reach: mail in as bytes, mail out as bytes, and people who answer from their own clients.

Nothing of ours is replaced: the real parser, rules, store, templates, composer and gate; only the network is missing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from urllib.parse import unquote

import parsers
from daemon.clock import FakeClock
from daemon.policy import Policy
from daemon.ports import RawMail
from daemon.store import collected, inbound, outbox, views
from daemon.store.letters import material
from daemon.store.outbox import OutboxState
from daemon.store.store import Store
from daemon.workers.collecting import collect
from daemon.workers.collection_letters import collection_variables
from daemon.workers.deciding import Decided, settle
from daemon.workers.letters import Letter, NotToBeSent, make, make_admin_notice
from rules.facts import Agent, Desk, Mailbox, Team
from templates.notices import Notices, packaged

US = "support@us.example"
ALICE, BOB, EVE = "alice@cust.example", "bob@cust.example", "eve@evil.example"
ANNA, BEN = "anna@us.example", "ben@us.example"

PEOPLE = Desk(
    mailboxes=(
        Mailbox(name="support", address=US, aliases=("help@us.example",), team="first", display_name="Example support"),
    ),
    agents=(
        Agent(name="anna", addresses=(ANNA,), display_name="Anna Agent", teams=("first",)),
        Agent(name="ben", addresses=(BEN,), display_name="Ben Agent", teams=("first",)),
    ),
    teams=(Team(name="first"), Team(name="second")),
    keys=(b"k" * 32,),
    domain="us.example",
    authserv_ids=("mx.us.example",),
)
NOTICES = Notices(packaged())


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail that left the desk, and as its reader sees it."""

    template: str
    recipient: str
    raw: bytes
    mail: EmailMessage

    @property
    def text(self) -> str:
        """The plain text part."""
        part = self.mail.get_body(("plain",))
        return part.get_content().replace("\r\n", "\n").strip() if part else ""

    def line(self, word: str) -> str:
        """The command that a result mail offers: `#undo` or `#confirm` with its one-time word."""
        return next(f"{word} {match}" for match in re.findall(rf"\*\*{word} (\w+)\*\*", self.text))

    @property
    def html(self) -> str:
        """The HTML part."""
        part = self.mail.get_body(("html",))
        return part.get_content() if part else ""

    def link(self, label: str) -> str:
        """The address that tapping a link writes to."""
        match = re.search(rf'href="mailto:([^"?]*)\?[^"]*"[^>]*>{re.escape(label)}<', self.html)
        assert match, f"no link {label!r}"
        return unquote(match[1])

    def tap(self, label: str) -> str:
        """The body of the mail that tapping a link writes."""
        match = re.search(rf'href="mailto:[^"]*body=([^"&]*)"[^>]*>{re.escape(label)}<', self.html)
        assert match, f"no link {label!r}"
        return unquote(match[1])


@dataclass(slots=True)
class Postroom:
    """The desk under test. `sent` grows with every delivery."""

    store: Store
    clock: FakeClock
    desk: Desk = PEOPLE
    sent: list[Sent] = field(default_factory=list)
    letters: int = 0

    def receive(self, raw: bytes, sender: str, recipients: Sequence[str], login: str = "") -> Decided:
        """Take a mail in, decide it, and send what is due."""
        self.store.accept(
            RawMail(raw=raw, source="smtp", sender=sender, recipients=tuple(recipients), authenticated_as=login)
        )
        now = self.clock.now()
        (row,) = self.store.write(lambda connection: inbound.claim(connection, now, 10))
        mail = parsers.parse(raw)
        decided = self.store.write(
            lambda connection: settle(connection, row, mail, self._policy(), now, breaker_limit=100)
        )
        assert decided is not None
        self.deliver()
        return decided

    def _policy(self) -> Policy:
        return Policy(desk=self.desk, notices=NOTICES, hash="test")

    def deliver(self) -> None:
        """Make and hand over everything that is due, as the delivery worker would."""
        now = self.clock.now()
        for due in self.store.write(lambda connection: outbox.claim(connection, now, 100)):
            try:
                letter = self._letter(due)
            except NotToBeSent as error:
                self._end(due.id, OutboxState.FAILED if error.fault else OutboxState.DROPPED, str(error))
                continue
            self._end(due.id, OutboxState.SENT, "")
            mail = message_from_bytes(letter.raw, policy=policy.default)
            self.sent.append(Sent(due.template, due.recipient, letter.raw, mail))

    def _letter(self, due: outbox.Due) -> Letter:
        with self.store.reading() as connection:
            if due.template == outbox.COLLECTION:
                variables = collection_variables(collected.notices(connection, due), self.desk)
                return make_admin_notice(replace(due, variables=variables), self._policy(), self.clock.now())
            about = material(connection, due)
        assert about is not None
        return make(
            due,
            about,
            self._policy(),
            self.clock.now(),
            lambda sha: parsers.contents(self.store.blobs.get(sha)),
            null_sender=True,
        )

    def _end(self, outbox_id: int, state: OutboxState, why: str) -> None:
        now = self.clock.now()
        self.store.write(lambda connection: outbox.end(connection, outbox_id, state, why, now))

    def write(
        self, author: str, text: str, *, to: str = US, subject: str = "Printer", passed: bool = True, **headers: str
    ) -> list[Sent]:
        """Somebody writes a new mail; what the desk sends because of it."""
        before, self.letters = len(self.sent), self.letters + 1
        self.clock.advance(timedelta(minutes=1))
        verdict = "pass" if passed else "fail"
        lines = {
            "Authentication-Results": f"mx.us.example; dmarc={verdict} header.from={author.rpartition('@')[2]}",
            "From": author,
            "To": to,
            "Subject": subject,
            "Message-ID": f"<m{self.letters}@{author.rpartition('@')[2]}>",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        raw = f"{head}\r\n{text}".replace("\r\n", "\n").replace("\n", "\r\n").encode()
        recipients = [address for _, address in getaddresses([to])]
        self.receive(raw, author, recipients)
        return self.sent[before:]

    def answer(self, sent: Sent, text: str, *, author: str = "", quote: bool = True, **headers: str) -> list[Sent]:
        """The reader of a mail answers it, quoting it below as most clients do."""
        mail = sent.mail
        quoted = "\n".join(f"> {line}" for line in sent.text.splitlines())
        below = f"\n\nOn Sunday, 22 November 2026 at 10:00, {mail['From']} wrote:\n{quoted}\n" if quote else "\n"
        more = {"In_Reply_To": mail["Message-ID"], "References": f"{mail['References'] or ''} {mail['Message-ID']}"}
        return self.write(
            author or sent.recipient,
            text + below,
            to=mail["Reply-To"] or mail["From"],
            subject=f"Re: {mail['Subject']}",
            **(more | headers),
        )

    def ticket(self, number: int = 1001) -> dict[str, object]:
        """The ticket as the command line would print it."""
        with self.store.reading() as connection:
            found = views.ticket(connection, number)
        assert found is not None
        return found

    def wait(self, **span: float) -> list[Sent]:
        """Time passes; what becomes due is sent."""
        before = len(self.sent)
        self.clock.advance(timedelta(**span))
        collect(self.store, self._policy(), self.clock.now())
        self.deliver()
        return self.sent[before:]


def to(mails: Sequence[Sent], recipient: str, template: str = "") -> Sent:
    """The one mail to somebody among those sent."""
    hits = [each for each in mails if each.recipient == recipient and template in ("", each.template)]
    assert len(hits) == 1, [(each.template, each.recipient) for each in mails]
    return hits[0]


def who(mails: Sequence[Sent]) -> list[tuple[str, str]]:
    """Template and recipient of each mail."""
    return sorted((each.template, each.recipient) for each in mails)
