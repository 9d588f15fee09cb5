"""Commands that change a ticket's own data: who, how urgent, filed under what, until when."""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from rules.actions import (
    Action,
    Follow,
    LogTime,
    SetField,
    SetOwnField,
    SetTags,
    StartTimer,
    StopTimer,
)
from rules.command_steps import Planner, Request, Step, done, refuse
from rules.commands import Command
from rules.facts import Agent, Priority, Status, Team, TicketFacts
from rules.lifecycle import Trigger, move
from rules.moments import read_duration, read_moment
from rules.notices import notify
from rules.people_named import agent_meant, is_nobody, team_meant

DUE, SNOOZE = "due", "snooze"
_LONGEST_VALUE = 200
_MOST_TAGS = 20
_PRIORITIES: Mapping[str, Priority] = {
    **{each.value.lower(): each for each in Priority},
    **{each.value[1:]: each for each in Priority},
    "critical": Priority.P1,
    "urgent": Priority.P1,
    "highest": Priority.P1,
    "high": Priority.P2,
    "normal": Priority.P3,
    "medium": Priority.P3,
    "low": Priority.P4,
    "lowest": Priority.P4,
}
_TAG = re.compile(r"[^\W_][\w./:@-]{0,49}")
_FIELD_NAME = re.compile(r"[^\W\d_][\w-]{0,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})?")
_TRIGGERS: Mapping[str, Trigger] = {
    "solve": Trigger.AGENT_SOLVED,
    "close": Trigger.AGENT_CLOSED,
    "open": Trigger.AGENT_OPENED,
    "pending": Trigger.AGENT_WAITS,
    "hold": Trigger.AGENT_HOLDS,
    "spam": Trigger.AGENT_MARKED_SPAM,
}
_MEANT: Mapping[str, Status] = {
    "solve": Status.SOLVED,
    "close": Status.CLOSED,
    "open": Status.OPEN,
    "pending": Status.PENDING,
    "hold": Status.ON_HOLD,
    "spam": Status.SPAM,
}


def status_after(ticket: TicketFacts, name: str, before: Status) -> Status | str:
    """The status a command leads to from `before`, or why it does not."""
    if before is _MEANT[name]:
        return before
    new = move(before, _TRIGGERS[name])
    return new or f"a ticket that is {before.value} cannot become {_MEANT[name].value}; #open it first"


def _take(request: Request, _command: Command) -> Step:
    return _to_agent(request, request.agent)


def _assign(request: Request, command: Command) -> Step:
    value = command.value
    if value.lower().startswith("team:"):
        return _to_team(request, team_meant(request.case.desk, value[len("team:") :]))
    if is_nobody(value):
        return _plain(request, "assignee", request.ticket.assignee, "")
    agent = agent_meant(request.case.desk, value, request.agent)
    team = team_meant(request.case.desk, value)
    if isinstance(agent, Agent):
        return _to_agent(request, agent)
    return _to_team(request, team) if isinstance(team, Team) else refuse(agent)


def _to_agent(request: Request, agent: Agent) -> Step:
    if not agent.addresses:
        return refuse("name an agent: whoever is at the command line is none")
    step = _plain(request, "assignee", request.ticket.assignee, agent.name)
    if agent.name in (request.agent.name, request.ticket.assignee):
        return step
    told = notify(
        (agent,), request.ticket.id, "assigned-notice", reply_is_public=True, why=f"assigned by {request.agent.name}"
    )
    return Step(actions=(*step.actions, *told), changes=step.changes)


def _to_team(request: Request, team: Team | str) -> Step:
    if isinstance(team, str):
        return refuse(team)
    ticket, members = request.ticket, _members(request, team)
    step = _plain(request, "team", ticket.team, team.name)
    if ticket.team == team.name and not ticket.assignee:
        return step
    free = _plain(request, "assignee", ticket.assignee, "") if ticket.assignee else Step()
    told = notify(
        members,
        ticket.id,
        "assigned-notice",
        actor=request.agent.name,
        reply_is_public=True,
        why=f"given to team {team.name} by {request.agent.name}",
    )
    return Step(actions=(*step.actions, *free.actions, *told), changes=(*step.changes, *free.changes))


def _members(request: Request, team: Team) -> tuple[Agent, ...]:
    return tuple(agent for agent in request.case.desk.agents if agent.active and team.name in agent.teams)


def _team(request: Request, command: Command) -> Step:
    return _to_team(request, team_meant(request.case.desk, command.value.removeprefix("team:")))


def _plain(request: Request, field: str, old: str, new: str) -> Step:
    action = SetField(ticket=request.ticket.id, field=field, value=new, why=request.why)
    return done(field, old, new, *((action,) if old != new else ()))


def _priority(request: Request, command: Command) -> Step:
    priority = _PRIORITIES.get(command.value.lower().rstrip(".!"))
    if priority is None:
        return refuse("a priority is P1, P2, P3 or P4; or low, normal, high, urgent")
    return _plain(request, "priority", request.ticket.priority.value, priority.value)


def _category(request: Request, command: Command) -> Step:
    value = "" if is_nobody(command.value) else "/".join(part.strip() for part in command.value.split("/"))
    if len(value) > _LONGEST_VALUE:
        return refuse(f"a category has at most {_LONGEST_VALUE} characters")
    return _plain(request, "category", request.ticket.category, value.lower())


def _subject(request: Request, command: Command) -> Step:
    return _plain(request, "subject", request.ticket.subject, command.value[:_LONGEST_VALUE])


def _language(request: Request, command: Command) -> Step:
    value = command.value.lower().replace("_", "-")
    if not _LANGUAGE.fullmatch(value):
        return refuse("a language is a code such as en, de or pt-br")
    return _plain(request, "language", request.ticket.language, value)


def _tag(request: Request, command: Command) -> Step:
    """Word processors make dashes of hyphens."""
    add: list[str] = []
    remove: list[str] = []
    for word in command.value.replace(",", " ").replace("–", "-").replace("—", "-").split():
        name = word.lstrip("+-#").lower()
        if not _TAG.fullmatch(name):
            return refuse(f"{word[:40]!r} is no tag: letters, digits and . / : - _, at most 50")
        (remove if word.startswith("-") else add).append(name)
    old = request.ticket.tags
    new = tuple(dict.fromkeys((*(tag for tag in old if tag not in remove), *add)))
    if len(new) > _MOST_TAGS:
        return refuse(f"a ticket has at most {_MOST_TAGS} tags")
    action = SetTags(ticket=request.ticket.id, add=tuple(add), remove=tuple(remove), why=request.why)
    return done("tags", " ".join(old), " ".join(new), *((action,) if set(new) != set(old) else ()))


def _type(request: Request, command: Command) -> Step:
    return _own_field(request, "type", command.value)


def _field(request: Request, command: Command) -> Step:
    if not command.field:
        return refuse("write #field.NAME VALUE")
    if not _FIELD_NAME.fullmatch(command.field):
        return refuse("a field's name has letters, digits, - and _, and begins with a letter")
    return _own_field(request, command.field, command.value)


def _own_field(request: Request, name: str, value: str) -> Step:
    if len(value) > _LONGEST_VALUE:
        return refuse(f"a field holds at most {_LONGEST_VALUE} characters")
    old, new = dict(request.ticket.fields).get(name, ""), "" if is_nobody(value) else value
    action = SetOwnField(ticket=request.ticket.id, name=name, value=new, why=request.why)
    return done(name, old, new, *((action,) if old != new else ()))


def _follow(request: Request, command: Command) -> Step:
    return _following(request, command, on=True)


def _unfollow(request: Request, command: Command) -> Step:
    return _following(request, command, on=False)


def _following(request: Request, command: Command, *, on: bool) -> Step:
    agent = agent_meant(request.case.desk, command.value, request.agent) if command.value else request.agent
    if isinstance(agent, str):
        return refuse(agent)
    if not agent.addresses:
        return refuse("name an agent: whoever is at the command line is none")
    was = agent.name in request.ticket.followers
    action = Follow(ticket=request.ticket.id, agent=agent.name, on=on, why=request.why)
    return done(f"{agent.name} follows", _yes(was), _yes(on), *((action,) if was is not on else ()))


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def _due(request: Request, command: Command) -> Step:
    return _timer(request, command, DUE)


def _snooze(request: Request, command: Command) -> Step:
    """A snoozed ticket waits; when the time has come it opens again."""
    return _timer(request, command, SNOOZE)


def _timer(request: Request, command: Command, kind: str) -> Step:
    ticket = request.ticket
    before = ticket.due_at if kind == DUE else ticket.snoozed_until
    zone = ZoneInfo(request.agent.time_zone or "UTC")
    old = f"{before.astimezone(zone):%Y-%m-%d %H:%M}" if before else ""
    if is_nobody(command.value):
        stop: Action = StopTimer(ticket=ticket.id, kind=kind, why=request.why)
        return done(kind, old, "", *((stop,) if before else ()))
    moment = read_moment(command.value, request.case.now, zone)
    if moment is None:
        return refuse("write a time to come, such as 3d, tomorrow 9:00, fri 17:00 or 2027-01-15")
    start = StartTimer(ticket=ticket.id, kind=kind, due_at=moment, why=request.why)
    return done(kind, old, f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}", start)


def _time(request: Request, command: Command) -> Step:
    duration = read_duration(command.value)
    if duration is None or duration.total_seconds() > 7 * 86400:
        return refuse("write how long you worked, such as 15m or 1h30")
    minutes, ticket = round(duration.total_seconds() / 60), request.ticket
    action = LogTime(ticket=ticket.id, agent=request.agent.name, minutes=minutes, why=request.why)
    return done("time worked", f"{ticket.minutes} min", f"{ticket.minutes + minutes} min", action)


CHANGES: Mapping[str, Planner] = {
    "take": _take,
    "assign": _assign,
    "team": _team,
    "priority": _priority,
    "category": _category,
    "subject": _subject,
    "language": _language,
    "tag": _tag,
    "type": _type,
    "field": _field,
    "follow": _follow,
    "unfollow": _unfollow,
    "due": _due,
    "snooze": _snooze,
    "time": _time,
}
