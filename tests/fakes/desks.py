"""A desk in one thread for tests: real store, real rules, real templates; reading inline, sending to a list."""

import pickle
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import parsers
from daemon.clock import FakeClock
from daemon.config import parse
from daemon.policy import Policy, load_policy
from daemon.ports import OutgoingMail, RawMail, SendResult, SendState
from daemon.store import inbound, views
from daemon.store.store import Store
from daemon.workers.delivery import Delivery
from daemon.workers.intake import Intake, Verify
from daemon.workers.readers import ReaderKilled
from parsers.mail import ParsedMail

KEY = bytes(range(32))
DESK = "support@desk.example"
CUSTOMER = "kim@customer.example"
CONFIG = f"""
[desk]
admins = ["root@desk.example"]
[[mailbox]]
name = "support"
address = "{DESK}"
aliases = ["help@desk.example"]
team = "support"
"""


@cache
def policy() -> Policy:
    """The packaged rules and templates, with a key that tests know."""
    return load_policy(parse(CONFIG, "test.toml"), (KEY,))


class InlineReaders:
    """Reads in the calling thread. `deadly` mails kill their reader, as a hostile mail does."""

    def __init__(self) -> None:
        self.deadly: set[bytes] = set()

    def parse(self, raw: bytes) -> Future[ParsedMail]:
        result: Future[ParsedMail] = Future()
        if any(each in raw for each in self.deadly):
            result.set_exception(ReaderKilled("the reader died"))
        else:
            result.set_result(parsers.parse(raw))
        return result

    def contents(self, raw: bytes) -> Future[tuple[bytes, ...]]:
        result: Future[tuple[bytes, ...]] = Future()
        result.set_result(parsers.contents(raw))
        return result


class Abroad:
    """A store as the sender process has it: what it writes is pickled on the way."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, unit: Callable[[Any], Any]) -> Any:
        return self._store.write(pickle.loads(pickle.dumps(unit)))

    def submit(self, unit: Callable[[Any], Any], *, patient: bool = True) -> Future[Any]:
        return self._store.submit(pickle.loads(pickle.dumps(unit)), patient=patient)


class ListCarrier:
    """Keeps what is sent. `answers` are given one a mail, SENT when they are used up; `during` runs inside `send`."""

    def __init__(self) -> None:
        self.sent: list[OutgoingMail] = []
        self.answers: list[SendResult] = []
        self.during: Callable[[OutgoingMail], None] = lambda _mail: None

    def send(self, mail: OutgoingMail) -> SendResult:
        self.during(mail)
        result = self.answers.pop(0) if self.answers else SendResult(state=SendState.SENT, code=250)
        if result.state in (SendState.SENT, SendState.UNCERTAIN):
            self.sent.append(mail)
        return result

    def close(self) -> None:
        pass


@dataclass(slots=True)
class DeskInHand:
    """One desk; `take` puts a mail in, `work` lets the hands do all there is to do."""

    store: Store
    clock: FakeClock
    policy: Policy = field(default_factory=policy)
    readers: InlineReaders = field(default_factory=InlineReaders)
    carrier: ListCarrier = field(default_factory=ListCarrier)
    breaker_limit: int = 100
    verify: Verify | None = None
    intake: Intake = field(init=False)
    delivery: Delivery = field(init=False)

    def __post_init__(self) -> None:
        self.intake = Intake(
            self.store,
            self.readers,  # type: ignore[arg-type]
            lambda: self.policy,
            self.clock,
            breaker_limit=self.breaker_limit,
            verify=self.verify,
        )
        self.delivery = Delivery(
            Abroad(self.store),  # type: ignore[arg-type]
            self.readers,
            lambda: self.policy,
            self.carrier,
            self.clock,
            dice=lambda: 0.0,  # type: ignore[arg-type]
        )

    def take(
        self, raw: bytes, sender: str = CUSTOMER, recipient: str = DESK, *, peer: str = "", source: str = "smtp"
    ) -> int:
        mail = RawMail(
            raw=raw, source=source, sender=sender, recipients=(recipient,), peer=peer, helo="mx.peer.example"
        )
        return self.store.accept(mail).inbound_id

    def decide(self) -> None:
        while self.intake.step():
            pass

    def deliver(self) -> None:
        while self.delivery.step():
            pass

    def work(self) -> None:
        self.decide()
        self.deliver()

    def tickets(self) -> list[dict]:
        with self.store.reading() as connection:
            return views.ticket_list(connection)[::-1]

    def ticket(self, number: int = 1001) -> dict:
        with self.store.reading() as connection:
            return views.ticket(connection, number) or {}

    def outbox(self) -> list[dict]:
        with self.store.reading() as connection:
            return views.outbox_list(connection)[::-1]

    def inbound(self) -> list[dict]:
        with self.store.reading() as connection:
            return views.inbound_list(connection)[::-1]

    def states(self) -> dict[str, int]:
        with self.store.reading() as connection:
            return inbound.counts(connection)

    def sent_to(self, recipient: str) -> list[ParsedMail]:
        return [parsers.parse(mail.raw) for mail in self.carrier.sent if mail.recipient == recipient]


def mail(
    body: str = "Hello,\nthe printer is broken.\n",
    *,
    sender: str = f"Kim Customer <{CUSTOMER}>",
    to: str = DESK,
    subject: str = "Printer broken",
    message_id: str = "<1@customer.example>",
    extra: str = "",
) -> bytes:
    """A plain mail as a customer's client writes it."""
    head = (
        f"From: {sender}\nTo: {to}\nSubject: {subject}\nMessage-ID: {message_id}\n"
        f"Date: Sun, 22 Nov 2026 09:59:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n{extra}\n"
    )
    return (head + body).replace("\n", "\r\n").encode()


def quote(notice: ParsedMail) -> str:
    """A notice as a plain-text client quotes it below an answer."""
    lines = "".join(f"> {line}\n" for line in notice.text.splitlines())
    return f"\nOn Sun, 22 Nov 2026 at 10:00, Example support <{DESK}> wrote:\n{lines}"
