"""What an admin asks for at the command line: the commands agents write in mails, planned by the same functions.

There is no mail and no token: whoever can read the desk's configuration and write its database needs neither.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from parsers.mail import Address, ParsedMail
from rules.actions import AddMessage, Decision, MessageKind, Report
from rules.addresses import fold
from rules.authentication import Authentication, Verdict
from rules.authority import Authority, Right
from rules.cases import Case
from rules.command_plans import plan_block
from rules.command_steps import Request
from rules.commands import Block, Command, addresses_named, numbers_named
from rules.decide import conclude
from rules.facts import Agent, Desk, Envelope, Found, TicketFacts
from rules.ruleset import NO_RULES, Ruleset
from rules.senders import Sender, SenderKind
from rules.threads import Lookups, Thread

AT_THE_COMMAND_LINE = "admin at the command line"
_NOBODY = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Commands about one ticket. `agent`: in whose name, None for nobody's; `confirmed`: yes to what asks back."""

    number: int
    block: Block
    agent: Agent | None = None
    confirmed: bool = False

    @property
    def asker(self) -> Agent:
        """The agent in whose name, or an admin who is no agent: nothing is assigned to them, no notice goes there."""
        return self.agent or Agent(name=_NOBODY, addresses=(), admin=True)

    @property
    def actor(self) -> str:
        """Who did it, as events tell."""
        return f"{AT_THE_COMMAND_LINE}, as {self.agent.name}" if self.agent else AT_THE_COMMAND_LINE


def with_text(block: Block, name: str, text: str) -> Block:
    """The block with `#note` or `#reply` and exactly this text."""
    said = Command(name=name, value=text.strip("\n"), line=f"#{name}")
    return replace(block, commands=(*block.commands, said), lines=(*block.lines, said.line))


def lookups(wish: Wish) -> Lookups:
    """What the store must fetch for it."""
    return Lookups(
        ticket_ids=(),
        outbox_ids=(),
        message_ids=(),
        numbers=(wish.number, *numbers_named(wish.block)),
        sender="",
        agent=wish.asker.name,
        addresses=addresses_named(wish.block),
    )


def ticket_of(wish: Wish, found: Found) -> TicketFacts | None:
    """The ticket, or what it goes on in; None when there is no such number."""
    return found.tickets.get(found.target(found.by_number.get(wish.number, 0)))


def decide_wish(
    wish: Wish, ticket: TicketFacts, found: Found, desk: Desk, now: datetime, ruleset: Ruleset = NO_RULES
) -> tuple[Decision, Report]:
    """What to do, and what to tell the admin. The decision is empty when the report has objections or asks back."""
    agent = wish.asker
    case = _case(wish, ticket, found, desk, now)
    authority = Authority(right=Right.REPLY, by_admin=True, why=wish.actor)
    request = Request(case=case, agent=agent, ticket=ticket, authority=authority, confirmed=wish.confirmed)
    decision = conclude(case, plan_block(request, wish.block), ruleset)
    report = next(each for each in decision.actions if isinstance(each, Report))
    if report.objections or report.confirm:
        return replace(decision, actions=()), report
    kept = tuple(each for each in decision.actions if not isinstance(each, Report) and not _is_record(each))
    return replace(decision, actions=kept, agent=agent.name, by=wish.actor), report


def _is_record(action: object) -> bool:
    """The entry that keeps a mail of mere commands: here there was no mail, and the events tell."""
    return isinstance(action, AddMessage) and action.kind is MessageKind.COMMANDS


def mail_of(wish: Wish, desk: Desk, now: datetime) -> ParsedMail:
    """Stands in for the mail there is not: entries take their sender and date from it."""
    return ParsedMail(sender_from=_person(wish, desk), date=now)


def _person(wish: Wish, desk: Desk) -> Address:
    agent = wish.asker
    address = fold(agent.addresses[0]) if agent.addresses else f"{_NOBODY}@{desk.domain}"
    return Address(name=agent.display_name or agent.name, address=address)


def _case(wish: Wish, ticket: TicketFacts, found: Found, desk: Desk, now: datetime) -> Case:
    agent, person = wish.asker, _person(wish, desk)
    known = Authentication(verdict=Verdict.PASS, strong=True, checked=True, evidence=AT_THE_COMMAND_LINE)
    return Case(
        mail=mail_of(wish, desk, now),
        envelope=Envelope(source="command line", sender=person.address, received_at=now),
        found=found,
        desk=desk,
        now=now,
        sender=Sender(kind=SenderKind.AGENT, person=person, agent=agent, authentication=known),
        denied=None,
        thread=Thread(ticket=ticket, by=AT_THE_COMMAND_LINE),
    )
