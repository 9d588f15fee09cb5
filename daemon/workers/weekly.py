"""The weekly mail: the figures of the week before, to the lead of each team and, for the whole desk, to the admins."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from daemon.policy import Policy
from daemon.store import rounds
from daemon.store.engine import Connection
from daemon.store.store import Store
from daemon.workers import reporting
from parsers.mail import Address
from rules import reports
from rules.addresses import fold
from rules.facts import Agent, Desk
from rules.notices import lead
from rules.points import points
from rules.reports import Cell, Period, Source, Table

ROUND, TEMPLATE = "weekly", "report"
Mail = tuple[Address, str, dict[str, Any]]
"""To whom, which agent that is, and what the template prints."""


def weekly(store: Store, policy: Policy, now: datetime) -> int:
    """Send the figures of last week when their time has come, later in the week too if it was missed. How many."""
    digests, zone = policy.timing.digests, policy.timing.hours.default.zone
    local = now.astimezone(zone)
    minute = (local.weekday() - digests.weekly_on) * 24 * 60 + local.hour * 60 + local.minute
    if not digests.weekly or minute < digests.minute:
        return 0
    weeks = reports.weeks_back(now, zone, reporting.WEEKS)
    period = f"{weeks[-1].start.date()}"
    with store.reading() as connection:
        if rounds.was_made(connection, ROUND, period):
            return 0
        source = reporting.load(connection, Period(start=weeks[0].before.start, end=weeks[-1].end))
    mails = list(_mails(policy, source, weeks))

    def unit(connection: Connection) -> int:
        if not rounds.take(connection, ROUND, period, now):
            return 0
        for recipient, agent, variables in mails:
            rounds.queue(connection, TEMPLATE, recipient, variables, now, to_agent=agent)
        return len(mails)

    return store.write(unit)


def _mails(policy: Policy, source: Source, weeks: Sequence[Period]) -> Iterator[Mail]:
    """Nobody is told that nothing happened, and nobody the same thing twice."""
    admins = _admins(policy.desk)
    told = {address.address for address, _ in admins} if len(policy.desk.teams) == 1 else set()
    for team in policy.desk.teams:
        own = source.only("team", team.name)
        if any(own.rows.values()):
            written = _written(policy, own, weeks, team.name)
            for agent in lead(policy.desk, team.name):
                if agent.addresses and agent.addresses[0] not in told:
                    yield _address(agent), agent.name, written
    if any(source.rows.values()):
        written = _written(policy, source, weeks, "")
        for address, name in admins:
            yield address, name, written


def _admins(desk: Desk) -> list[tuple[Address, str]]:
    """Every admin once, by mail address: those of the configuration, and the agents who are."""
    found = {fold(each): (Address(name="", address=each), "") for each in desk.admins}
    for agent in desk.agents:
        if agent.active and agent.admin and agent.addresses:
            found[fold(agent.addresses[0])] = (_address(agent), agent.name)
    return list(found.values())


def _address(agent: Agent) -> Address:
    return Address(name=agent.display_name or agent.name, address=agent.addresses[0])


def _written(policy: Policy, source: Source, weeks: Sequence[Period], team: str) -> dict[str, Any]:
    last, zone = weeks[-1], policy.timing.hours.default.zone
    tables = [
        reports.summary(source, last, of_team=bool(team)),
        reports.ages(source, last.end),
        reports.weeks(source, weeks, zone),
        reports.by("agent" if team else "team", source, last),
    ]
    if policy.timing.digests.points:
        tables.append(points(source, last))
    return {
        "title": f"{f'team {team}, ' if team else ''}last week in figures",
        "intro": f"{_days(last)}, beside the week before.",
        "tables": [table_variables(each) for each in tables if each.lines],
    }


def _days(week: Period) -> str:
    """From the first day to the last, as people write it: 26 October to 1 November 2026."""
    first, last = week.start, week.end - timedelta(days=1)
    month = "" if first.month == last.month else f" {first:%B}"
    return f"{first.day}{month} to {last.day} {last:%B %Y}"


def table_variables(table: Table) -> dict[str, Any]:
    """A table as its template prints it. The cells of a column are of one width, so that the text part is a table."""
    texts = [[_unbroken(cell) for cell in line.cells] for line in table.lines]
    columns = zip(table.header, *texts, strict=True)
    widths = [max(map(len, column)) for column in columns]
    return {
        "title": table.title,
        "header": _padded(table.header, widths),
        "has_bars": any(line.bar is not None for line in table.lines),
        "rows": [
            {"cells": _padded(cells, widths), "bar": line.bar} for cells, line in zip(texts, table.lines, strict=True)
        ],
    }


def _unbroken(cell: Cell) -> str:
    """A number and its unit stay on one line."""
    return cell.text if isinstance(cell.value, str) else cell.text.replace(" ", "\u00a0")


def _padded(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
