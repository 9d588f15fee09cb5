"""What a decision may know: the desk as configured, the mail's envelope, and what the store already holds.

Only shapes. The store fills them in, `rules.decide` reads them; nothing here can be changed after it was made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from rules.budgets import Budgets


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


class Interest(StrEnum):
    """Which tickets an agent hears of. TEAM: those of the agent's teams that nobody has taken. ALL: every ticket."""

    MINE = "mine"
    TEAM = "team"
    FOLLOWED = "followed"
    ALL = "all"


class Answerers(StrEnum):
    """Who may write to the customer of a ticket."""

    ANYONE = "anyone"
    TEAM = "team"
    ASSIGNEE = "assignee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Weekly working time. `days` are ISO weekdays (Monday is 1); an `end` before `start` lies on the next day."""

    days: tuple[int, ...]
    start: time
    end: time
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Away from the first to the last instant, whatever the shifts say."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What an agent can be given. No shifts: always on. `most_open`: no more open tickets than that, 0 is no limit."""

    skills: tuple[str, ...] = ()
    shifts: tuple[Shift, ...] = ()
    absences: tuple[Absence, ...] = ()
    most_open: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person who answers. Rights are those of now: an inactive agent has none. Addresses are ASCII-lower-cased.

    `notices`: empty means what the agent's team says, or else mine, team and followed. `digest`: collected
    first, until the full hour or the times of day in `digest_at`. `time_zone`: an IANA name, empty for UTC.
    """

    name: str
    addresses: tuple[str, ...]
    display_name: str = ""
    teams: tuple[str, ...] = ()
    active: bool = True
    admin: bool = False
    notices: tuple[Interest, ...] = ()
    digest: bool = False
    digest_at: tuple[time, ...] = ()
    time_zone: str = ""
    signature: str = ""
    work: Work = field(default_factory=Work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A group of agents with a queue."""

    name: str
    lead: str = ""
    notices: tuple[Interest, ...] = ()
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A customer with many contacts. `domains` are ASCII-lower-cased; domains below them belong to it too."""

    name: str
    domains: frozenset[str]
    vip: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """A prepared answer. `team` and `agent` are empty for one that everybody may use. `text` has `{{ name }}` marks."""

    name: str
    text: str
    team: str = ""
    agent: str = ""


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
    vips: frozenset[str] = frozenset()
    organisations: tuple[Organisation, ...] = ()
    answerers: Answerers = Answerers.ANYONE
    canned: tuple[Canned, ...] = ()
    budgets: Budgets = field(default_factory=Budgets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """How the mail came. `sender` is "" for the null reverse-path.

    `released`: an admin has let the mail out of quarantine, so that what held it does not hold it again.
    `verified`: the Authentication-Results of our own look at the sender; empty where nobody of ours looked.
    """

    source: str
    sender: str = ""
    recipients: tuple[str, ...] = ()
    authenticated_as: str = ""
    received_at: datetime
    released: bool = False
    verified: str = ""


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
    contact: int = 0
    followers: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    minutes: int = 0
    due_at: datetime | None = None
    snoozed_until: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFacts:
    """An entry that waits for an agent's word. `kind` is a message kind; `author`: the agent who wrote it, if any."""

    message: int
    kind: str
    author: str = ""
    sender: str = ""
    sender_name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFacts:
    """A mail of ours that a token names by its outbox id: `answered_by` is the agent who answered since, if any.

    `message` is the entry it was about, 0 if none; `held` is that entry when it is an answer or a mail not yet let go.
    """

    outbox_id: int
    ticket_id: int
    recipient: str
    kind: str
    answered_by: str = ""
    message: int = 0
    held: HeldFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordFacts:
    """A one-time word given to an agent: `undo` takes changes back, `confirm` carries out `text`, a command block.

    `message` is the entry whose text waits for the confirmation, 0 if none.
    """

    word: str
    kind: str
    ticket_id: int
    text: str = ""
    message: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What has happened so far. For a new ticket only what its requester did elsewhere is known.

    `open_tickets` of the requester; `last_agent` answered the requester last; `fired`: rules that acted on the ticket.
    """

    customer_replies: int = 0
    agent_replies: int = 0
    reopens: int = 0
    last_customer_at: datetime | None = None
    last_agent_at: datetime | None = None
    last_agent: str = ""
    open_tickets: int = 0
    fired: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much an agent has, in what order agents were given tickets, and until when an answering machine speaks.

    `rating` is the mean of recent surveys, from 1 to 5, drawn towards the usual one while there are few; None when
    nothing is known.
    """

    open_tickets: int = 0
    last_assigned_at: datetime | None = None
    rating: float | None = None
    away_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the store holds that this mail may be about. Empty when nothing was found.

    `sender_known`: has written before, or so it was claimed; `was_answered`: a person of ours has written to them.

    `automatic_today` counts our automatic mails to this sender within 24 hours, `acknowledged_in_domain` those to a
    stranger's domain within an hour; `paused` are addresses whose mail
    keeps coming back. `merged`: tickets that go on in another one; `words`: the sender's unused one-time words, newest
    first; `contacts`: the contact behind an address; `messages`: the ids of a ticket's entries, for agents' commands;
    `passed_on`: entries that agents passed on in the name of a requester who has neither written nor been written to.
    `siblings`: the sender's tickets that are not finished, newest first; `forwarded_today`: how many mails rules have
    passed on to an address within 24 hours.
    """

    tickets: Mapping[int, TicketFacts] = field(default_factory=dict)
    by_message_id: Mapping[str, int] = field(default_factory=dict)
    by_number: Mapping[int, int] = field(default_factory=dict)
    sent: Mapping[int, SentFacts] = field(default_factory=dict)
    sender_known: bool = False
    was_answered: bool = False
    acknowledged_recently: bool = False
    automatic_today: int = 0
    acknowledged_in_domain: int = 0
    breaker_open: bool = False
    paused: frozenset[str] = frozenset()
    merged: Mapping[int, int] = field(default_factory=dict)
    words: tuple[WordFacts, ...] = ()
    contacts: Mapping[str, int] = field(default_factory=dict)
    messages: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    passed_on: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    activity: Mapping[int, Activity] = field(default_factory=dict)
    loads: Mapping[str, Load] = field(default_factory=dict)
    siblings: tuple[int, ...] = ()
    forwarded_today: Mapping[str, int] = field(default_factory=dict)

    def target(self, ticket_id: int) -> int:
        """Where a ticket goes on: itself, unless it was merged."""
        return self.merged.get(ticket_id, ticket_id)
