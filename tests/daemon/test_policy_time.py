"""hours.toml and deadlines.toml: what they come to, and what an admin is told about faults."""

import tomllib
from datetime import date, timedelta
from importlib import resources

import pytest
from pydantic import ValidationError

from daemon.policy_time import DeadlinesFile, HoursFile, parse_goal, parse_spans, timing_of, unknown_names
from rules.deadlines import Goal, Metric
from rules.facts import Priority
from rules.timing import Digests, FollowUps, Reminders, Surveys, Tell, Timing

HOURS = """
default = "office"
[[calendar]]
name = "office"
time_zone = "Europe/Berlin"
holidays = ["DE-BY", "US"]
[calendar.week]
mon = ["13:00-17:00", "09:00-12:00"]
[calendar.dates]
"2026-12-24" = ["09:00-12:00"]
"12-31" = []
[[use]]
team = "network"
calendar = "always"
"""


def hours(text: str = HOURS) -> HoursFile:
    return HoursFile.model_validate(tomllib.loads(text))


def deadlines(text: str = "") -> DeadlinesFile:
    return DeadlinesFile.model_validate(tomllib.loads(text))


def timing(text: str = HOURS) -> Timing:
    return timing_of(hours(text), deadlines(), "digest")


def test_a_calendar_has_its_week_its_holidays_and_its_own_dates() -> None:
    calendar = timing().hours.default
    assert calendar.spans(date(2026, 11, 23)) == ((540, 720), (780, 1020))
    assert calendar.spans(date(2026, 11, 24)) == ()
    assert calendar.special[date(2027, 1, 6)].name  # Epiphany, in Bavaria
    assert calendar.special[date(2026, 11, 26)].name == "Thanksgiving Day"
    assert calendar.spans(date(2026, 12, 24)) == ((540, 720),)
    assert calendar.spans(date(2029, 12, 31)) == ()


def test_who_has_no_calendar_keeps_the_default_one_and_always_is_always_there() -> None:
    assert timing().hours.by_team == {"network": "always"}
    assert timing("").hours.default.name == "always"


def test_the_starter_files_say_what_the_research_recommends() -> None:
    folder = resources.files("rules") / "defaults"
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("hours.toml", "deadlines.toml")]
    shipped = timing_of(hours(texts[0]), deadlines(texts[1]), "")
    goals = {target.name: target.goals for target in shipped.targets}
    assert goals["normal"][Metric.FIRST_REPLY] == Goal(time=timedelta(hours=4))
    assert goals["urgent"][Metric.FIRST_REPLY] == Goal(time=timedelta(minutes=15))
    assert [target.calendar for target in shipped.targets if target.priorities == {Priority.P1}] == ["always"]
    assert [(rung.percent, rung.tell) for rung in shipped.ladder][-1] == (125, (Tell.LEAD, Tell.ADMINS))


def test_the_starter_file_writes_out_the_defaults() -> None:
    text = (resources.files("rules") / "defaults" / "deadlines.toml").read_text(encoding="utf-8")
    written, silent = timing_of(hours(""), deadlines(text), ""), timing("")
    assert (
        (written.reminders, written.follow_ups) == (silent.reminders, silent.follow_ups) == (Reminders(), FollowUps())
    )
    assert (written.surveys, written.digests) == (silent.surveys, silent.digests) == (Surveys(), Digests())


@pytest.mark.parametrize(
    ("text", "goal"),
    [("30m", Goal(time=timedelta(minutes=30))), ("4h", Goal(time=timedelta(hours=4))), ("2bd", Goal(days=2))],
)
def test_a_goal_has_a_unit(text: str, goal: Goal) -> None:
    assert parse_goal(text) == goal


def test_spans_that_touch_become_one() -> None:
    assert parse_spans(["12:00-13:00", "09:00-12:00", "14:00-24:00"]) == ((540, 780), (840, 1440))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[calendar]]\nname = "x"\ntime_zone = "Europe/Bonn"\nweek = { mon = ["09:00-17:00"] }', "Europe/Berlin"),
        ('[[calendar]]\nname = "x"\ntime_zone = "../../etc/passwd"\nweek = { mon = ["09:00-17:00"] }', "time zone"),
        ('[[calendar]]\nname = "x"\nweek = { mon = ["17:00-09:00"] }', "ends before it starts"),
        ('[[calendar]]\nname = "x"\nweek = { mon = ["9-17"] }', "write a time"),
        ('[[calendar]]\nname = "x"\nweek = { mon = [] }', "at least once a week"),
        ('[[calendar]]\nname = "x"\nholidays = ["XX"]\nweek = { mon = ["09:00-17:00"] }', "two letters"),
        ('[[calendar]]\nname = "x"\nholidays = ["DE-XX"]\nweek = { mon = ["09:00-17:00"] }', "has no region"),
        ('[[calendar]]\nname = "x"\nweek = { mon = ["09:00-17:00"] }\ndates = { "13-45" = [] }', "for every year"),
    ],
)
def test_a_fault_in_the_hours_says_what_to_write(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        hours(text)


@pytest.mark.parametrize("goal", ["4", "4d", "-1h", "h", ""])
def test_a_goal_without_a_unit_we_know_is_refused(goal: str) -> None:
    with pytest.raises(ValidationError, match="write a number and a unit"):
        deadlines(f'[[target]]\nname = "x"\nfirst_reply = "{goal}"')


def test_names_that_are_nowhere_are_all_reported() -> None:
    file = HOURS.replace('calendar = "always"', 'calendar = "alwys"').replace('"office"', '"ofice"', 1)
    found = unknown_names(
        hours(file), deadlines('[[target]]\nname = "x"\nteam = ["sales"]'), {}, teams={"network"}, mailboxes=set()
    )
    assert [(each.key, each.message.split(",")[0]) for each in found] == [
        ("default", 'got "ofice"'),
        ("use.1.calendar", 'got "alwys"'),
        ("target.1.team", 'got "sales"'),
    ]
