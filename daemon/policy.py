"""One immutable snapshot of what decides about mail: people, deny list, keys, templates. Loaded whole or not at all."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from daemon import policy_people, policy_time
from daemon.config import Config
from daemon.errors import ConfigError, Problem
from daemon.policy_canned import canned_answers
from daemon.policy_files import files_of, read_kind, reading, rule_files, unknown_files
from daemon.policy_names import known_names
from daemon.policy_people import People, domains_of
from daemon.policy_rules import read_rules
from daemon.policy_time import DeadlinesFile, HoursFile, timing_of
from rules.articles import Library, read_article
from rules.budgets import Budgets
from rules.facts import Deny, DenyEntry, Desk, Mailbox
from rules.patterns import compile_pattern
from rules.rule_tests import RuleTest
from rules.ruleset import NO_RULES, RuleNeeds, Ruleset
from rules.timing import Timing
from templates.notices import SUFFIX, Notices, packaged


def _instant(value: object) -> object:
    """A TOML date means the end of that day, a local date-time is taken as UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.combine(value, time.max, UTC) if isinstance(value, date) else value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _DenyLine(_Strict):
    kind: Literal["address", "domain", "subdomains", "glob", "pattern", "header"]
    value: str = Field(min_length=1)
    action: Deny
    why: str = ""
    until: Annotated[datetime | None, BeforeValidator(_instant)] = None

    @model_validator(mode="after")
    def _readable(self) -> "_DenyLine":
        if self.kind == "pattern" and isinstance(wrong := compile_pattern(self.value), str):
            raise ValueError(f"expected an RE2 expression ({wrong})")
        if self.kind == "header" and ":" not in self.value:
            raise ValueError('expected "Name: value", such as "X-Spam-Flag: YES"')
        return self


class _DenyList(_Strict):
    deny: list[_DenyLine] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What decisions are made with. `hash` names it in every trace."""

    desk: Desk
    notices: Notices
    hash: str
    timing: Timing = field(default_factory=Timing)
    library: Library = field(default_factory=Library)
    ruleset: Ruleset = NO_RULES
    tests: tuple[RuleTest, ...] = ()

    @property
    def needs(self) -> RuleNeeds:
        """What its rules want to know of the store. Without agents there is nobody whose load they could ask for."""
        needs: RuleNeeds = self.ruleset.needs
        return needs if needs is RuleNeeds.NOTHING or self.desk.agents else RuleNeeds.ACTIVITY


def load_policy(config: Config, keys: tuple[bytes, ...]) -> Policy:
    """Read the rules and template folders. Raises ConfigError with every problem of every file."""
    files = rule_files(config.desk.rules_dir)
    problems: list[Problem] = []
    problems += unknown_files(files)
    people = read_kind(files, "people", People, problems)
    deny = read_kind(files, "deny", _DenyList, problems)
    hours = read_kind(files, "hours", HoursFile, problems)
    deadlines = read_kind(files, "deadlines", DeadlinesFile, problems)
    agents, teams = [each.name for each in people.agent], [each.name for each in people.team]
    boxes = {each.name for each in config.mailbox}
    problems += policy_time.unknown_names(hours, deadlines, files, teams=set(teams), mailboxes=boxes)
    articles = _article_files(config.desk.articles_dir)
    sources, own = packaged(), template_files(config.desk.templates_dir)
    notices = Notices(sources, own)
    problems += [Problem(file=each.file, line=each.line, message=each.message) for each in notices.problems]
    problems += _unknown_brands(config, people, notices)
    problems += policy_people.unknown_names(config, people, files)
    canned, broken = canned_answers(config.desk.templates_dir, agents, teams)
    problems += broken
    rules = read_rules(files, known_names(config, people, deadlines, canned), problems)
    if problems:
        raise ConfigError(problems)
    texts = [sorted(each.items()) for each in (articles, files, sources | own)]
    digest = _digest(canned, texts, config.desk)
    domains = domains_of(people)
    time_files = [files[name] for kind in ("hours", "deadlines") for name in files_of(files, kind)]
    timing = timing_of(hours, deadlines, _digest(time_files, domains), domains)
    library = Library(read_article(name, text) for name, text in sorted(articles.items()))
    return Policy(
        desk=replace(_desk(config, keys, people, deny), canned=canned, low_rating=timing.surveys.wake_at),
        notices=notices,
        hash=digest,
        timing=timing,
        library=library,
        ruleset=replace(rules.ruleset, hours=timing.hours),
        tests=rules.tests,
    )


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _article_files(folder: Path) -> dict[str, str]:
    if folder == Path():
        return {}
    with reading(folder, "desk.articles_dir"):
        return {each.name: each.read_text(encoding="utf-8") for each in folder.glob("*.md")}


def template_files(folder: Path) -> dict[str, str]:
    """An admin's own templates by file name, brands in sub-folders. Raises ConfigError when one cannot be read."""
    if folder == Path():
        return {}
    with reading(folder, "desk.templates_dir"):
        files = [*folder.glob(f"*{SUFFIX}"), *folder.glob(f"*/*{SUFFIX}")]
        return {each.relative_to(folder).as_posix(): each.read_text(encoding="utf-8") for each in files}


def _unknown_brands(config: Config, people: People, notices: Notices) -> list[Problem]:
    known = {each.name for each in config.mailbox} | {each.name for each in people.team}
    return [
        Problem(file=f"{brand}/", key="desk.templates_dir", message=f"there is no mailbox or team called {brand!r}")
        for brand in sorted(notices.brands() - known)
    ]


def _desk(config: Config, keys: tuple[bytes, ...], people: People, deny: _DenyList) -> Desk:
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
        agents=tuple(each.agent() for each in people.agent),
        teams=tuple(each.team() for each in people.team),
        vips=frozenset(people.vips),
        organisations=tuple(each.organisation() for each in people.organisation),
        deny=tuple(DenyEntry(**each.model_dump()) for each in deny.deny),
        keys=keys,
        domain=desk.domain,
        number_prefix=desk.number_prefix,
        authserv_ids=tuple(desk.authserv_ids),
        reopen_days=desk.reopen_days,
        token_days=desk.token_days,
        acknowledge=config.acknowledgements.enabled,
        admins=tuple(desk.admins),
        budgets=Budgets(
            per_address_a_day=config.acknowledgements.most_per_address_a_day,
            per_domain_an_hour=config.acknowledgements.most_per_domain_an_hour,
            per_ticket_a_day=config.acknowledgements.most_per_ticket_a_day,
        ),
        answerers=desk.answerers,
    )
