"""Who of us is told about something: each person once, nobody about what they did themselves."""

import re
from collections.abc import Collection, Iterable

from parsers.mail import Address
from rules.actions import MailClass, Send
from rules.addresses import agent_named, fold
from rules.collecting import is_collected
from rules.facts import Agent, Desk, Interest, TicketFacts

# One mail in must not become a storm of mails out (a team of hundreds, each with several addresses).
NOTICE_LIMIT = 24

_USUAL = (Interest.MINE, Interest.TEAM, Interest.FOLLOWED)
_MENTION = re.compile(r"(?<![\w.@+-])@([\w-]{1,60})")


def responsible(desk: Desk, team: str, assignee: str) -> tuple[Agent, ...]:
    """The assignee while active, else the team's active agents, else every active agent: somebody must see it."""
    agent = agent_named(desk, assignee) if assignee else None
    if agent and agent.active:
        return (agent,)
    members = tuple(agent for agent in desk.agents if agent.active and team and team in agent.teams)
    return members or tuple(agent for agent in desk.agents if agent.active)


def lead(desk: Desk, team: str) -> tuple[Agent, ...]:
    """The team's lead while active, else those responsible for the team's queue."""
    named = next((each.lead for each in desk.teams if each.name == team), "")
    agent = agent_named(desk, named) if named else None
    return (agent,) if agent and agent.active else responsible(desk, team, "")


def interested(desk: Desk, ticket: TicketFacts, *, text: str = "") -> tuple[Agent, ...]:
    """Everybody who wants to hear of this ticket, and whom `text` mentions as `@name`; those responsible if nobody."""
    return hearers(desk, ticket.team, ticket.assignee, followers=ticket.followers, text=text)


def hearers(
    desk: Desk, team: str, assignee: str, *, followers: Collection[str] = (), text: str = ""
) -> tuple[Agent, ...]:
    """The same for a ticket of which only this is known yet."""
    called = {name.casefold() for name in _MENTION.findall(text)}
    there = [agent for agent in desk.agents if agent.active]
    owner = next((agent.name for agent in there if assignee and agent.name == assignee), "")
    wanting = tuple(
        agent
        for agent in there
        if agent.name.casefold() in called
        or _wants(_interests(desk, agent), agent, team=team, owner=owner, follows=agent.name in followers)
    )
    is_covered = any(agent.name.casefold() not in called for agent in wanting)
    return wanting if is_covered else tuple(dict.fromkeys((*responsible(desk, team, assignee), *wanting)))


def _interests(desk: Desk, agent: Agent) -> Collection[Interest]:
    """The agent's own wish, else that of the agent's teams, else what most desks do."""
    of_teams = {each for team in desk.teams if team.name in agent.teams for each in team.notices}
    return agent.notices or of_teams or _USUAL


def _wants(interests: Collection[Interest], agent: Agent, *, team: str, owner: str, follows: bool) -> bool:
    in_queue = not owner and bool(team) and team in agent.teams
    return (
        Interest.ALL in interests
        or (Interest.MINE in interests and agent.name == owner)
        or (Interest.FOLLOWED in interests and follows)
        or (Interest.TEAM in interests and in_queue)
    )


def notify(
    agents: Iterable[Agent], ticket: int, template: str, *, actor: str = "", reply_is_public: bool, why: str
) -> tuple[Send, ...]:
    """One notice for each agent but the actor (an agent's name or an address), to their first address."""
    sends: dict[str, Send] = {}
    for agent in agents:
        if agent.name == actor or any(fold(own) == actor for own in agent.addresses) or not agent.addresses:
            continue
        sends.setdefault(fold(agent.addresses[0]), _notice(agent, ticket, template, reply_is_public, why))
    return tuple(sends.values())[:NOTICE_LIMIT]


def _notice(agent: Agent, ticket: int, template: str, reply_is_public: bool, why: str) -> Send:
    return Send(
        ticket=ticket,
        template=template,
        mail_class=MailClass.NOTICE,
        recipient=Address(name=agent.display_name or agent.name, address=agent.addresses[0]),
        to_agent=agent.name,
        reply_is_public=reply_is_public,
        collect=is_collected(agent, template),
        why=why,
    )


def lines(sends: Iterable[Send]) -> tuple[str, ...]:
    """The trace's words for mails to be sent."""
    return tuple(f"{send.template} to {send.recipient.address}: {send.why}" for send in sends)
