"""What a decision may know: the desk as configured, the mail's envelope, and what the store already holds.

Only shapes. The store fills them in, `rules.decide` reads them; nothing here can be changed after it was made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """Where a ticket stands. Display names are configurable, these classes are not."""

    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    SOLVED = "solved"
    CLOSED = "closed"
    SPAM = "spam"


class Priority(StrEnum):
    """P1 is the most urgent."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class Role(StrEnum):
    """What a participant is to a ticket. WAITING: proposed by a stranger's Cc, gets nothing until approved."""

    REQUESTER = "requester"
    CC = "cc"
    WAITING = "waiting"
    FOLLOWER = "follower"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A support address the desk owns. Addresses are ASCII-lower-cased."""

    name: str
    address: str
    aliases: tuple[str, ...] = ()
    team: str = ""
    language: str = "en"
    display_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person who answers. Rights are those of now: an inactive agent has none. Addresses are ASCII-lower-cased."""

    name: str
    addresses: tuple[str, ...]
    display_name: str = ""
    teams: tuple[str, ...] = ()
    active: bool = True
    admin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A group of agents with a queue."""

    name: str
    lead: str = ""


class Deny(StrEnum):
    """What happens to mail that a deny entry matches."""

    DROP = "drop"
    REJECT = "reject"
    QUARANTINE = "quarantine"
    NOREPLY = "noreply"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyEntry:
    """One line of the deny list. `kind`: address, domain, subdomains, glob, pattern or header (`Name: value`)."""

    kind: str
    value: str
    action: Deny
    why: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that a decision needs to know of the configuration. `keys`: the first signs, every one verifies."""

    mailboxes: tuple[Mailbox, ...]
    agents: tuple[Agent, ...] = ()
    teams: tuple[Team, ...] = ()
    deny: tuple[DenyEntry, ...] = ()
    keys: tuple[bytes, ...] = ()
    domain: str = "localhost"
    number_prefix: str = "#"
    authserv_ids: tuple[str, ...] = ()
    reopen_days: int = 14
    token_days: int = 30
    acknowledge: bool = True
    admins: tuple[str, ...] = ()
    low_rating: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """How the mail came. `sender` is "" for the null reverse-path.

    `released`: an admin has let the mail out of quarantine, so that what held it does not hold it again.
    """

    source: str
    sender: str = ""
    recipients: tuple[str, ...] = ()
    authenticated_as: str = ""
    received_at: datetime
    released: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """An outside person on a ticket."""

    address: str
    role: Role
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFacts:
    """A ticket as it was when the decision was made. `version` grows with every change."""

    id: int
    number: int
    subject: str = ""
    status: Status = Status.OPEN
    priority: Priority = Priority.P3
    team: str = ""
    assignee: str = ""
    mailbox: str = ""
    requester: str = ""
    participants: tuple[Participant, ...] = ()
    language: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    version: int = 0
    created_at: datetime | None = None
    closed_at: datetime | None = None
    last_internal_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFacts:
    """A mail of ours that a token names by its outbox id: `answered_by` is the agent who answered since, if any."""

    outbox_id: int
    ticket_id: int
    recipient: str
    kind: str
    answered_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the store holds that this mail may be about. Empty when nothing was found.

    `automatic_today` counts our automatic mails to this sender within 24 hours; `paused` are addresses whose mail
    keeps coming back.
    """

    tickets: Mapping[int, TicketFacts] = field(default_factory=dict)
    by_message_id: Mapping[str, int] = field(default_factory=dict)
    by_number: Mapping[int, int] = field(default_factory=dict)
    sent: Mapping[int, SentFacts] = field(default_factory=dict)
    sender_known: bool = False
    acknowledged_recently: bool = False
    automatic_today: int = 0
    breaker_open: bool = False
    paused: frozenset[str] = frozenset()
