"""A public answer of an agent, however it was asked for: who gets it, who may give it, what it does to the ticket."""

from rules.actions import Action, MailClass, Send, SetField
from rules.cases import Case
from rules.facts import Agent, Answerers, Status, TicketFacts
from rules.lifecycle import Trigger, move
from rules.participants import answered_people


def sends_of_answer(
    case: Case, ticket: TicketFacts, agent: Agent, message: int | None = None
) -> tuple[tuple[Send, ...], str, str]:
    """The mails, a remark about addresses that are left out, and why there are no mails at all."""
    people, left_out = answered_people(case, ticket)
    if not people:
        return (), "", "mail to every participant keeps coming back" if left_out else "nobody to send it to"
    sends = tuple(
        Send(
            ticket=ticket.id,
            template="reply",
            mail_class=MailClass.HUMAN,
            recipient=person,
            message=message,
            why=f"reply by {agent.name}",
        )
        for person in people
    )
    return sends, f"Not sent to {', '.join(left_out)}: mail to them keeps coming back" if left_out else "", ""


def objection_to_answerer(case: Case, ticket: TicketFacts, agent: Agent) -> str:
    """Why this agent may not write to this customer; empty when they may."""
    rule = case.desk.answerers
    if rule is Answerers.ANYONE or not ticket.assignee or ticket.assignee == agent.name:
        in_team = rule is not Answerers.TEAM or not ticket.team or ticket.team in agent.teams
        return "" if in_team else f"only team {ticket.team} answers its tickets; #assign it first"
    if rule is Answerers.ASSIGNEE:
        return f"only {ticket.assignee}, whose ticket it is, answers; #take it first"
    return "" if ticket.team in agent.teams else f"only team {ticket.team} answers its tickets; #assign it first"


def claim(ticket: TicketFacts, agent: Agent, why: str) -> tuple[Action, ...]:
    """Who answers an unassigned ticket has taken it; an admin at the command line, who is no agent, has not."""
    if ticket.assignee or not agent.addresses:
        return ()
    return (SetField(ticket=ticket.id, field="assignee", value=agent.name, why=why),)


def status_after_answer(ticket: TicketFacts) -> Status:
    """Then we wait for the customer."""
    return move(ticket.status, Trigger.AGENT_REPLIED) or ticket.status
