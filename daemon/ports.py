"""What transports and store promise each other: the shapes that cross between them, and nothing that does anything.

Transports know only this module and `errors`; `app` wires the real objects in.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapKey:
    """Where a mail lay: unique for ever (RFC 3501 2.3.1.1)."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMail:
    """Bytes exactly as they came, with the envelope. `sender` is "" for the null reverse-path `<>`.

    `source` is "smtp", "lmtp" or "imap"; `authenticated_as` the SMTP AUTH identity, empty without AUTH; `helo` what
    the peer called itself.
    """

    raw: bytes
    source: str
    sender: str = ""
    recipients: tuple[str, ...] = ()
    peer: str = ""
    authenticated_as: str = ""
    imap: ImapKey | None = None
    helo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The store's promise: this mail survives a crash from now on. `duplicate` when the same bytes were here before."""

    inbound_id: int
    duplicate: bool = False


class Intake(Protocol):
    """Where a transport puts a mail. Blocking: call it from a thread, never on the event loop."""

    def accept(self, mail: RawMail) -> Receipt:
        """Store durably, then return. Raises Deferred (our trouble) or Refused (policy); anything else is a bug."""
        ...


class RecipientPolicy(Protocol):
    """What the SMTP session may judge: only the envelope. In memory and quick, so it may run on the event loop."""

    def check_sender(self, sender: str, peer: str) -> None:
        """Raises Refused for a denied sender. `sender` is "" for the null reverse-path, always accepted."""
        ...

    def check_recipient(self, recipient: str) -> None:
        """Raises Refused (550 5.7.1) unless the address is a mailbox, alias or token of ours, or postmaster."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapPosition:
    """How far a folder has been read: every UID up to `last_uid` was seen under `uidvalidity`."""

    uidvalidity: int
    last_uid: int


class ImapLedger(Intake, Protocol):
    """What the poller remembers between connections. Blocking; the poller runs in its own thread."""

    def position(self, account: str, folder: str) -> ImapPosition | None:
        """None when this folder has never been read."""
        ...

    def advance(self, account: str, folder: str, position: ImapPosition) -> None:
        """Remember that everything up to and including `position` is stored."""
        ...

    def stored_uids(self, account: str, folder: str, uidvalidity: int, uids: Collection[int]) -> set[int]:
        """Those of `uids` that are already stored (a crash between storing and moving leaves such)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """Final bytes for exactly one recipient. `sender` is the envelope sender, "" for the null reverse-path."""

    outbox_id: int
    sender: str
    recipient: str
    raw: bytes


class SendState(StrEnum):
    """What a peer made of one mail. UNCERTAIN: the connection was lost after the final dot, before its reply."""

    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """One attempt's outcome. `code` is the SMTP reply code (0: none came), `stage` where it ended, such as "rcpt"."""

    state: SendState
    stage: str = ""
    code: int = 0
    status: str = ""
    text: str = ""


class Carrier(Protocol):
    """A way out. Not thread-safe: one per delivery thread; keeps its connection between mails."""

    def send(self, mail: OutgoingMail) -> SendResult:
        """Hand over one mail to one recipient. Never raises for what a peer or the network does."""
        ...

    def close(self) -> None:
        """End the connection politely; never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHealth:
    """How a transport does: last success, last error in words for an admin, and since when it is failing."""

    name: str
    last_success: datetime | None = None
    last_error: str = ""
    failing_since: datetime | None = None


class NameService(Protocol):
    """The DNS. Thread-safe."""

    def ask(self, name: str, kind: str, seconds: float) -> tuple[str, ...]:
        """The records of one type: texts joined, addresses, hosts (MX by preference). None there are: ().

        Raises Unavailable when no answer came within `seconds`, or none that says anything.
        """
        ...
