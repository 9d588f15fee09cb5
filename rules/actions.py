"""What a decision asks for: frozen actions, carried out later by the store in one transaction. Nothing happens here.

`ticket` is a ticket id, or NEW for the ticket the same decision creates. Every action says why.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parsers.mail import Address
from rules.errands import CallWebhook, RunCommand
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
    HELD = "held"
    COMMANDS = "commands"


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

    `banner` warns the agents (forged sender, shortened mail). `written_by`: who wrote it when that is not the mail's
    From (a forwarded mail); `by_mail` is False for a second entry made of the same mail.
    """

    ticket: int
    kind: MessageKind
    public: bool
    text: str
    author: str = ""
    banner: str = ""
    written_by: Address | None = None
    by_mail: bool = True
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
    """One mail to one recipient, made from a template of the catalogue. `reply_is_public`: what answering it does.

    `message`: the entry it carries when that is not the one this decision adds. `text`: a prepared answer, its marks
    not yet filled. `collect`: it waits for the agent's next collection. `to_author`: the recipient is proved to have
    written the mail that this answers, which may then be named in it.
    """

    ticket: int | None
    template: str
    mail_class: MailClass
    recipient: Address
    to_agent: str = ""
    reply_is_public: bool = True
    message: int | None = None
    text: str = ""
    collect: bool = False
    to_author: bool = False
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTags:
    """Add and remove tags."""

    ticket: int
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOwnField:
    """Set a field that the admin or an agent made up; empty clears it."""

    ticket: int
    name: str
    value: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetParticipant:
    """What a person is to a ticket from now on; None takes them off it. Unlike AddParticipant it changes a role."""

    ticket: int
    person: Address
    role: Role | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRequester:
    """Whose ticket it is. The requester before stays as a copy only when `keep`.

    `entries` were passed on in the former requester's name, by mistake: they are the new one's from now on.
    """

    ticket: int
    person: Address
    keep: bool
    entries: tuple[int, ...] = ()
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinContact:
    """The address belongs to the contact behind the ticket's requester."""

    ticket: int
    address: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """The agent hears of everything on the ticket, or no longer."""

    ticket: int
    agent: str
    on: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTime:
    """An agent has worked that many minutes."""

    ticket: int
    agent: str
    minutes: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The ticket goes on in another one: entries, people and links move, its number and tokens lead there."""

    ticket: int
    into: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The entry and all that follow become a new ticket."""

    ticket: int
    message: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two tickets have to do with each other."""

    ticket: int
    other: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMessage:
    """A held entry is let go (public), kept or dropped. `text` is what it says from now on, None leaves it."""

    ticket: int
    message: int
    kind: MessageKind
    public: bool
    author: str = ""
    text: str | None = None
    banner: str = ""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseMessage:
    """The entry's text, subject and list of files are wiped. There is no undo."""

    ticket: int
    message: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCanned:
    """A prepared answer was used; counted."""

    ticket: int
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Take back what the word stands for, unless things have changed since."""

    ticket: int
    word: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UseWord:
    """A one-time word is used up."""

    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRule:
    """A triage rule acted on the ticket: `once` and the statistics of rules go by it."""

    ticket: int
    rule: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitAssignee:
    """Nobody can take the ticket now: try the rule named in `why` again at that time."""

    ticket: int
    due_at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAway:
    """An agent's answering machine speaks: no tickets by strategy until then."""

    agent: str
    until: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A line of the result table. `old` is empty where there was nothing."""

    what: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A line that could not be carried out, and what to do about it."""

    line: str
    why: str


class QuestionKind(StrEnum):
    """What an agent can ask."""

    SHOW = "show"
    LIST = "list"
    HISTORY = "history"
    KB = "kb"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """To be answered from what the store holds when the decision is carried out. `ticket` None: about the desk.

    `table` is an answer that is known already: a header and rows.
    """

    kind: QuestionKind
    ticket: int | None = None
    value: str = ""
    agent: str = ""
    teams: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result mail of an agent's commands. With objections nothing was done; with `confirm` (a command block)
    nothing was done yet, and the agent is given a word for it. `text` is what stood below the commands,
    `message` the entry it is about: 0 for none, None for the one that this decision adds. `taken`: who was taken for
    the requester of a forwarded mail, `offers`: commands that mend what may be wrong, one tap each."""

    ticket: int | None
    agent: str
    recipient: Address
    changes: tuple[Change, ...] = ()
    objections: tuple[Objection, ...] = ()
    questions: tuple[Question, ...] = ()
    confirm: str = ""
    confirm_why: str = ""
    text: str = ""
    message: int | None = 0
    taken: str = ""
    offers: tuple[str, ...] = ()
    why: str


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
    | SetTags
    | SetOwnField
    | SetParticipant
    | SetRequester
    | JoinContact
    | Follow
    | LogTime
    | Merge
    | Split
    | Link
    | ChangeMessage
    | EraseMessage
    | UseCanned
    | Undo
    | UseWord
    | Report
    | RecordRule
    | MarkAway
    | AwaitAssignee
    | CallWebhook
    | RunCommand
    | Quarantine
    | Refuse
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Why, a line a step, in the words `explain` prints. `thread_by` names the signal that found the ticket.

    `verdicts`: each rule that spoke and what became of it, for the statistics; `rules` says the same in words.
    """

    sender: str = ""
    automatic: str = ""
    deny: str = ""
    thread_by: str = ""
    thread: tuple[str, ...] = ()
    authority: str = ""
    rules: tuple[str, ...] = ()
    verdicts: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Everything to do about one mail, in order, and why. `agent`: on whose authority, so that it can be undone.

    `by`: who did it, for events, when that is not the mail's sender.
    """

    outcome: Outcome
    actions: tuple[Action, ...]
    trace: Trace
    ticket: int | None = None
    agent: str = ""
    by: str = ""
