"""One immutable snapshot of what decides about mail: people, deny list, keys, templates. Loaded whole or not at all."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from importlib import resources
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from daemon.config import Config, MailAddress
from daemon.config_problems import explain
from daemon.errors import ConfigError, Problem
from daemon.policy_time import DeadlinesFile, HoursFile, timing_of, unknown_names
from rules.facts import Agent, Deny, DenyEntry, Desk, Mailbox, Team
from rules.timing import Timing
from templates.notices import SUFFIX, Notices, packaged


def _instant(value: object) -> object:
    """A TOML date means the end of that day, a local date-time is taken as UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.combine(value, time.max, UTC) if isinstance(value, date) else value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)


class _TeamEntry(_Strict):
    name: str
    lead: str = ""


class _AgentEntry(_Strict):
    name: str
    addresses: list[MailAddress] = Field(min_length=1)
    display_name: str = ""
    teams: list[str] = []
    active: bool = True
    admin: bool = False


class _People(_Strict):
    team: list[_TeamEntry] = []
    agent: list[_AgentEntry] = []


class _DenyLine(_Strict):
    kind: str = Field(pattern="^(address|domain|subdomains|glob|pattern|header)$")
    value: str = Field(min_length=1)
    action: Deny
    why: str = ""
    until: Annotated[datetime | None, BeforeValidator(_instant)] = None


class _DenyList(_Strict):
    deny: list[_DenyLine] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What decisions are made with. `hash` names it in every trace."""

    desk: Desk
    notices: Notices
    hash: str
    timing: Timing = field(default_factory=Timing)


def load_policy(config: Config, keys: tuple[bytes, ...]) -> Policy:
    """Read the rules and template folders. Raises ConfigError with every problem of every file."""
    files = _rule_files(config.desk.rules_dir)
    problems: list[Problem] = []
    people = _read(files, "people.toml", _People, problems)
    deny = _read(files, "deny.toml", _DenyList, problems)
    hours = _read(files, "hours.toml", HoursFile, problems)
    deadlines = _read(files, "deadlines.toml", DeadlinesFile, problems)
    problems += unknown_names(
        hours, deadlines, teams={each.name for each in people.team}, mailboxes={each.name for each in config.mailbox}
    )
    sources, own = packaged(), template_files(config.desk.templates_dir)
    notices = Notices(sources, own)
    problems += [Problem(file=each.file, line=each.line, message=each.message) for each in notices.problems]
    problems += _unknown_brands(config, people, notices)
    problems += _unknown_names(config, people)
    if problems:
        raise ConfigError(problems)
    digest = _digest(sorted(files.items()), sorted((sources | own).items()), config.desk)
    timing = timing_of(hours, deadlines, _digest(files.get("hours.toml"), files.get("deadlines.toml")))
    desk = replace(_desk(config, keys, people, deny), low_rating=timing.surveys.wake_at)
    return Policy(desk=desk, notices=notices, timing=timing, hash=digest)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _rule_files(folder: Path) -> dict[str, str]:
    source = resources.files("rules") / "defaults" if folder == Path() else folder
    try:
        return {each.name: each.read_text(encoding="utf-8") for each in source.iterdir() if each.name.endswith(".toml")}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(file=str(folder), key="desk.rules_dir", message=f"cannot read: {error}")]) from error


def template_files(folder: Path) -> dict[str, str]:
    """An admin's own templates by file name, brands in sub-folders. Raises ConfigError when one cannot be read."""
    if folder == Path():
        return {}
    try:
        files = [*folder.glob(f"*{SUFFIX}"), *folder.glob(f"*/*{SUFFIX}")]
        return {each.relative_to(folder).as_posix(): each.read_text(encoding="utf-8") for each in files}
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(file=str(folder), key="desk.templates_dir", message=f"cannot read: {error}")
        raise ConfigError([problem]) from error


def _read(files: Mapping[str, str], name: str, model: type[Model], problems: list[Problem]) -> Model:
    text = files.get(name, "")
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(file=name, message=str(error)))
    except ValidationError as error:
        problems += explain(error, model, text, name)
    return model()


def _unknown_brands(config: Config, people: _People, notices: Notices) -> list[Problem]:
    known = {each.name for each in config.mailbox} | {each.name for each in people.team}
    return [
        Problem(file=f"{brand}/", key="desk.templates_dir", message=f"there is no mailbox or team called {brand!r}")
        for brand in sorted(notices.brands() - known)
    ]


def _unknown_names(config: Config, people: _People) -> list[Problem]:
    teams, agents = {each.name for each in people.team}, {each.name for each in people.agent}
    problems = [
        Problem(file="people.toml", key=f"agent.{agent.name}.teams", message=f"there is no team {team!r}")
        for agent in people.agent
        for team in agent.teams
        if team not in teams
    ]
    problems += [
        Problem(file="people.toml", key=f"team.{team.name}.lead", message=f"there is no agent {team.lead!r}")
        for team in people.team
        if team.lead and team.lead not in agents
    ]
    problems += [
        Problem(
            file="people.toml", key=f"mailbox.{box.name}.team", message=f"the configuration names team {box.team!r}"
        )
        for box in config.mailbox
        if box.team and box.team not in teams
    ]
    return problems


def _desk(config: Config, keys: tuple[bytes, ...], people: _People, deny: _DenyList) -> Desk:
    desk = config.desk
    return Desk(
        mailboxes=tuple(
            Mailbox(
                name=each.name,
                address=each.address,
                aliases=tuple(each.aliases),
                team=each.team,
                language=each.language,
                display_name=each.display_name or desk.name,
            )
            for each in config.mailbox
        ),
        agents=tuple(
            Agent(**each.model_dump() | {"addresses": tuple(each.addresses), "teams": tuple(each.teams)})
            for each in people.agent
        ),
        teams=tuple(Team(**each.model_dump()) for each in people.team),
        deny=tuple(DenyEntry(**each.model_dump()) for each in deny.deny),
        keys=keys,
        domain=desk.domain,
        number_prefix=desk.number_prefix,
        authserv_ids=tuple(desk.authserv_ids),
        reopen_days=desk.reopen_days,
        token_days=desk.token_days,
        acknowledge=config.acknowledgements.enabled,
        admins=tuple(desk.admins),
    )
