"""What a decision asks for: frozen actions, carried out later by the store in one transaction. Nothing happens here.

`ticket` is a ticket id, or NEW for the ticket the same decision creates. Every action says why.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parsers.mail import Address
from rules.facts import Priority, Role, Status

NEW = 0


class Outcome(StrEnum):
    """What becomes of the inbound mail; each counts in the conservation law."""

    ENTRY = "entry"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


class MessageKind(StrEnum):
    """What an entry on a ticket is."""

    MAIL = "mail"
    NOTE = "note"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    THIRD_PARTY = "third-party"
    UNVERIFIED = "unverified"
    RATING = "rating"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTicket:
    """A new conversation."""

    subject: str
    mailbox: str
    requester: Address
    team: str = ""
    priority: Priority = Priority.P3
    language: str = ""
    linked_to: int | None = None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMessage:
    """The mail becomes an entry. `author` is the agent who wrote it, empty for anybody else; `text` is what to show.

    `banner` warns the agents (forged sender, shortened mail).
    """

    ticket: int
    kind: MessageKind
    public: bool
    text: str
    author: str = ""
    banner: str = ""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStatus:
    """A move of the lifecycle table; `old` is the status the decision saw."""

    ticket: int
    old: Status
    new: Status
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetField:
    """Set one plain field of a ticket: assignee, team, priority, category, language, subject or requester."""

    ticket: int
    field: str
    value: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddParticipant:
    """Somebody joins the conversation, or waits for approval."""

    ticket: int
    person: Address
    role: Role
    why: str


class MailClass(StrEnum):
    """Sending priority, highest first: what people wrote goes before what we generate."""

    HUMAN = "human"
    ACKNOWLEDGEMENT = "acknowledgement"
    NOTICE = "notice"
    REMINDER = "reminder"
    SURVEY = "survey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One mail to one recipient, made from a template of the catalogue. `reply_is_public`: what answering it does."""

    ticket: int | None
    template: str
    mail_class: MailClass
    recipient: Address
    to_agent: str = ""
    reply_is_public: bool = True
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBounce:
    """A mail of ours came back. `permanent` pauses the address."""

    ticket: int
    outbox_id: int
    address: str
    permanent: bool
    detail: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRating:
    """A customer has answered a survey, from 1 (bad) to 5 (very good). A later answer replaces an earlier one."""

    ticket: int
    score: int
    comment: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    """Remind us of this ticket at that time. Starting the same kind again moves it."""

    ticket: int
    kind: str
    due_at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTimer:
    """That reminder is no longer true."""

    ticket: int
    kind: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """Hold the mail for a human; no ticket is touched."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Recorded and gone, without any mail to the sender."""

    reason: str


Action = (
    CreateTicket
    | AddMessage
    | SetStatus
    | SetField
    | AddParticipant
    | Send
    | RecordBounce
    | RecordRating
    | StartTimer
    | StopTimer
    | Quarantine
    | Refuse
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Why, a line a step, in the words `explain` prints. `thread_by` names the signal that found the ticket."""

    sender: str = ""
    automatic: str = ""
    deny: str = ""
    thread_by: str = ""
    thread: tuple[str, ...] = ()
    authority: str = ""
    rules: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Everything to do about one mail, in order, and why."""

    outcome: Outcome
    actions: tuple[Action, ...]
    trace: Trace
    ticket: int | None = None
