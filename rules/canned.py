"""Prepared answers: which an agent may use, and what they say for a ticket.

`{{ name }}` stands for one of a handful of values and for nothing else: this is no template language, so that neither
a customer's name nor an agent's file can do more than be text.
"""

import re
from collections.abc import Mapping

from rules.addresses import fold
from rules.facts import Agent, Canned, Desk, TicketFacts

VARIABLES = ("ticket.number", "ticket.subject", "requester.name", "requester.address", "agent.name", "desk.name")
# What an answer that nobody reads before it goes may hold: nothing that a sender chose, no person who did not write.
OF_THE_DESK = ("ticket.number", "desk.name")
_LONGEST_SAID = 4000
_MARK = re.compile(r"\{\{ ?([\w.]{1,40}) ?\}\}")


def unknown_variables(text: str) -> tuple[str, ...]:
    """What a file asks for that there is not."""
    return tuple(dict.fromkeys(name for name in _MARK.findall(text) if name not in VARIABLES))


def objection_to_sending(text: str) -> str:
    """Why a prepared answer cannot be sent automatically; empty when it can."""
    personal = next((name for name in _MARK.findall(text) if name not in OF_THE_DESK), "")
    return (
        f"an answer without {{{{ {personal} }}}}: automatic mail holds only {', '.join(OF_THE_DESK)}"
        if personal
        else ""
    )


def expand_for_desk(text: str, number: int, desk_name: str) -> str:
    """A prepared answer that goes out by itself."""
    values = {"ticket.number": str(number), "desk.name": desk_name}
    return _MARK.sub(lambda mark: values.get(mark[1], mark[0]), text).strip()


def usable(desk: Desk, agent: Agent) -> dict[str, Canned]:
    """By name: the agent's own before the team's before everybody's."""
    shared = {each.name: each for each in desk.canned if not each.team and not each.agent}
    of_team = {each.name: each for each in desk.canned if each.team in agent.teams and not each.agent}
    own = {each.name: each for each in desk.canned if each.agent == agent.name}
    return shared | of_team | own


def expand(canned: Canned, desk: Desk, ticket: TicketFacts, agent: Agent) -> str:
    """The text for this ticket."""
    values = _values(desk, ticket, agent)
    return _MARK.sub(lambda mark: values.get(mark[1], mark[0]), canned.text).strip()


def _values(desk: Desk, ticket: TicketFacts, agent: Agent) -> Mapping[str, str]:
    people = {fold(person.address): person.name for person in ticket.participants}
    mailbox = next((box for box in desk.mailboxes if box.name == ticket.mailbox), None)
    return {
        "ticket.number": str(ticket.number),
        "ticket.subject": ticket.subject,
        "requester.name": people.get(fold(ticket.requester), "") or ticket.requester,
        "requester.address": ticket.requester,
        "agent.name": agent.display_name or agent.name,
        "desk.name": mailbox.display_name if mailbox else "",
    }


def suggested(desk: Desk, agent: Agent, said: str, most: int = 3) -> tuple[Canned, ...]:
    """Those that share the most longer words with what the customer said, at least one of them in the name."""
    words = set(re.findall(r"\w{4,40}", said[:_LONGEST_SAID].casefold()))
    scored = []
    for each in usable(desk, agent).values():
        in_name = words & set(re.findall(r"\w{4,40}", each.name.casefold().replace("-", " ")))
        in_text = words & set(re.findall(r"\w{4,40}", each.text.casefold()))
        if in_name:
            scored.append((-10 * len(in_name) - len(in_text), each.name, each))
    return tuple(each for _, _, each in sorted(scored, key=lambda row: row[:2])[:most])


def matching(desk: Desk, agent: Agent, words: str, most: int = 5) -> tuple[Canned, ...]:
    """Those in which every word occurs, name first."""
    wanted = words.casefold().split()
    there = usable(desk, agent).values()
    hits = [each for each in there if all(word in f"{each.name} {each.text}".casefold() for word in wanted)]
    return tuple(sorted(hits, key=lambda each: (not all(w in each.name.casefold() for w in wanted), each.name))[:most])
