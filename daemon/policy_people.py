"""people.toml: teams, agents and what they can be given, VIPs."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from daemon.config import Config
from daemon.config_types import MailAddress
from daemon.errors import Problem
from daemon.policy_files import files_of, place
from rules.addresses import fold
from rules.collecting import parse_times
from rules.facts import Absence, Agent, Interest, Organisation, Shift, Team, Work
from rules.shifts import parse_shift

_DOMAIN = re.compile(r"[^\s@.<>()\[\],;:\"]+(?:\.[^\s@.<>()\[\],;:\"]+)+")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)


def _zone(value: str) -> str:
    if value and value not in available_timezones():
        raise ValueError('expected a time zone such as "Europe/Vienna"')
    return value


def _shift(value: object) -> Shift:
    shift = parse_shift(value) if isinstance(value, str) else None
    if shift is None:
        raise ValueError('expected days, hours and a time zone, such as "mon-fri 09:00-17:30 Europe/Berlin"')
    return shift


def _day(value: object) -> date:
    """A TOML date, or a date-time whose time does not matter."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise ValueError("expected a date without quotes, such as 2026-12-24")


def _digest(value: object) -> tuple[bool, tuple[time, ...]]:
    found = parse_times(value)
    if found is None:
        raise ValueError('expected true, false, "hourly", a time such as "08:30" or a list of them')
    return found


def _domain(value: str) -> str:
    if not _DOMAIN.fullmatch(value):
        raise ValueError('expected a domain without @, such as "example.com"')
    return fold(value)


class AwayEntry(_Strict):
    """Absent from the first to the last day."""

    first: Annotated[date, BeforeValidator(_day)]
    last: Annotated[date, BeforeValidator(_day)]

    def absence(self) -> Absence:
        """The same as instants, in UTC."""
        start, end = (datetime.combine(day, time(), UTC) for day in (self.first, self.last + timedelta(days=1)))
        return Absence(start=start, end=end)


class TeamEntry(_Strict):
    """One [[team]]."""

    name: str
    lead: str = ""
    notices: list[Interest] = []
    signature: str = ""

    def team(self) -> Team:
        """As the rules know it."""
        return Team(name=self.name, lead=self.lead, notices=tuple(self.notices), signature=self.signature)


class AgentEntry(_Strict):
    """One [[agent]]."""

    name: str = Field(min_length=1)
    addresses: list[MailAddress] = Field(min_length=1)
    display_name: str = ""
    teams: list[str] = []
    active: bool = True
    admin: bool = False
    skills: list[str] = []
    shifts: list[Annotated[Shift, BeforeValidator(_shift)]] = []
    away: list[AwayEntry] = []
    most_open: int = Field(0, ge=0)
    notices: list[Interest] = []
    digest: Annotated[tuple[bool, tuple[time, ...]], BeforeValidator(_digest)] = (False, ())
    time_zone: Annotated[str, AfterValidator(_zone)] = ""
    signature: str = ""

    def agent(self) -> Agent:
        """As the rules know it."""
        work = Work(
            skills=tuple(self.skills),
            shifts=tuple(self.shifts),
            absences=tuple(each.absence() for each in self.away),
            most_open=self.most_open,
        )
        return Agent(
            name=self.name,
            addresses=tuple(self.addresses),
            display_name=self.display_name,
            teams=tuple(self.teams),
            active=self.active,
            admin=self.admin,
            work=work,
            notices=tuple(self.notices),
            digest=self.digest[0],
            digest_at=self.digest[1],
            time_zone=self.time_zone,
            signature=self.signature,
        )


class OrganisationEntry(_Strict):
    """One [[organisation]]."""

    name: str = Field(min_length=1, max_length=100)
    domains: list[Annotated[str, AfterValidator(_domain)]] = Field(min_length=1)
    vip: bool = False

    def organisation(self) -> Organisation:
        """As the rules know it."""
        return Organisation(name=self.name, domains=frozenset(self.domains), vip=self.vip)


class People(_Strict):
    """The whole of all people*.toml."""

    vips: list[str] = []
    organisation: list[OrganisationEntry] = []
    team: list[TeamEntry] = []
    agent: list[AgentEntry] = []


def domains_of(people: People) -> Mapping[str, Sequence[str]]:
    """The domains of each organisation by its lower-cased name, in order, for what is promised to it."""
    return {each.name.lower(): sorted(each.domains) for each in sorted(people.organisation, key=lambda o: o.name)}


def unknown_names(config: Config, people: People, files: Mapping[str, str]) -> list[Problem]:
    """Names that lead nowhere, and names and addresses that lead to two."""
    found = [*_unknown_teams(people), *_unknown_leads(people), *_doubles(config, people), *_backward(people)]
    found += _shared_domains(people)
    problems = [_problem(files, *each) for each in found]
    teams = {each.name for each in people.team}
    file = next(iter(files_of(files, "people")), "people.toml")
    return problems + [
        Problem(file=file, key=f"mailbox.{box.name}.team", message=f"the configuration names team {box.team!r}")
        for box in config.mailbox
        if box.team and box.team not in teams
    ]


_Finding = tuple[str, int, str, str, str]


def _problem(files: Mapping[str, str], section: str, index: int, name: str, key: str, message: str) -> Problem:
    file, line = place(files, "people", section, index, key)
    return Problem(file=file, line=line, key=f"{section}.{name}.{key}", message=message)


def _unknown_teams(people: People) -> Iterator[_Finding]:
    teams = {each.name for each in people.team}
    for index, agent in enumerate(people.agent):
        for team in agent.teams:
            if team not in teams:
                yield "agent", index, agent.name, "teams", f"there is no team {team!r}"


def _unknown_leads(people: People) -> Iterator[_Finding]:
    agents = {each.name for each in people.agent}
    for index, team in enumerate(people.team):
        if team.lead and team.lead not in agents:
            yield "team", index, team.name, "lead", f"there is no agent {team.lead!r}"


def _doubles(config: Config, people: People) -> Iterator[_Finding]:
    """Two agents of one name or address; an agent with a mailbox's address would make the desk talk to itself."""
    names = Counter(each.name for each in people.agent)
    teams = Counter(each.name for each in people.team)
    owners = Counter(address for each in people.agent for address in set(each.addresses))
    ours = {address for box in config.mailbox for address in (box.address, *box.aliases)}
    for index, team in enumerate(people.team):
        if teams[team.name] > 1:
            yield "team", index, team.name, "name", "there are two teams of this name"
    for index, agent in enumerate(people.agent):
        if names[agent.name] > 1:
            yield "agent", index, agent.name, "name", "there are two agents of this name"
        for address in agent.addresses:
            if owners[address] > 1:
                yield "agent", index, agent.name, "addresses", f"{address} belongs to two agents"
            if address in ours:
                yield "agent", index, agent.name, "addresses", f"{address} is a mailbox of the desk"


def _shared_domains(people: People) -> Iterator[_Finding]:
    """A domain of two organisations, and two organisations of one name."""
    names = Counter(each.name.lower() for each in people.organisation)
    owners = Counter(domain for each in people.organisation for domain in set(each.domains))
    for index, each in enumerate(people.organisation):
        if names[each.name.lower()] > 1:
            yield "organisation", index, each.name, "name", "there are two organisations of this name"
        for domain in each.domains:
            if owners[domain] > 1:
                yield "organisation", index, each.name, "domains", f"{domain} belongs to two organisations"


def _backward(people: People) -> Iterator[_Finding]:
    for index, agent in enumerate(people.agent):
        for away in agent.away:
            if away.last < away.first:
                yield "agent", index, agent.name, "away", f"the last day {away.last} is before the first {away.first}"
