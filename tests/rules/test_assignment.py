"""Assignment: nobody who is away, nobody above the cap, and the same share for all."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from deskwork import NOW
from hypothesis import given
from hypothesis import strategies as st
from rulework import agents

from rules.assignment import LOOK_AGAIN, Situation, choose
from rules.effects import Assign
from rules.facts import Absence, Agent, Load, Shift, Work
from rules.shifts import is_present, next_presence, parse_shift

OFFICE = Shift(days=(1, 2, 3, 4, 5), start=time(9), end=time(17), time_zone="Europe/Berlin")
EARLY = replace(OFFICE, start=time(8))
NIGHT = Shift(days=(1, 2, 3, 4, 5), start=time(22), end=time(6), time_zone="Europe/Berlin")


def agent(name: str, **work: Any) -> Agent:
    return Agent(name=name, addresses=(f"{name}@us.example",), teams=("first",), work=Work(**work))


def situation(*people: Agent, loads: dict[str, Load] | None = None, now: datetime = NOW, last: str = "") -> Situation:
    return Situation(desk=agents(*people), loads=loads or {}, team="first", last_agent=last, now=now)


def by(strategy: str, **more: Any) -> Assign:
    return Assign(strategy=strategy, **more)


ABSENT = Absence(start=NOW - timedelta(days=1), end=NOW + timedelta(days=1))
A, B, C = agent("a"), agent("b"), agent("c")
LATER = {"a": Load(last_assigned_at=NOW), "b": Load(last_assigned_at=NOW - timedelta(hours=1))}


@pytest.mark.parametrize(
    ("assign", "where", "chosen"),
    [
        (by("round-robin"), situation(A, B, loads=LATER), "b"),
        (by("round-robin"), situation(A, B, C, loads=LATER), "c"),
        (by("least-loaded"), situation(A, B, loads={"a": Load(open_tickets=2), "b": Load(open_tickets=1)}), "b"),
        (by("best-rated"), situation(A, B, loads={"a": Load(rating=3.5), "b": Load(rating=4.5)}), "b"),
        (by("best-rated"), situation(A, B, loads={"a": Load(rating=3.5)}), "b"),
        (by("skill", skills=("french",)), situation(A, agent("b", skills=("french",))), "b"),
        (by("last-agent"), situation(A, B, loads=LATER, last="a"), "a"),
        (by("last-agent"), situation(A, B, loads=LATER, last="z"), "b"),
        (by("last-agent", otherwise="pull"), situation(A, B, last="z"), ""),
        (by("shift"), situation(agent("a", shifts=(EARLY,)), agent("b", shifts=(OFFICE,))), "b"),
        (by("pull"), situation(A, B), ""),
        (Assign(agent="b"), situation(A, B), "b"),
        (Assign(agent="none"), situation(A, B), ""),
        (Assign(agent="b"), situation(A, agent("b", absences=(ABSENT,))), ""),
        (by("round-robin"), situation(agent("a", absences=(ABSENT,)), B), "b"),
        (by("round-robin"), situation(replace(A, active=False), B), "b"),
        (by("round-robin"), situation(agent("a", shifts=(NIGHT,)), B), "b"),
        (by("round-robin"), situation(A, B, loads={"a": Load(away_until=NOW + timedelta(hours=1))}), "b"),
        (by("least-loaded"), situation(agent("a", most_open=3), B, loads={"a": Load(open_tickets=3)}), "b"),
        (by("round-robin", team="second"), situation(A, B), ""),
    ],
)  # fmt: skip
def test_the_right_agent_gets_the_ticket(assign: Assign, where: Situation, chosen: str) -> None:
    assert choose(assign, where).agent == chosen


def test_last_agent_who_is_away_does_not_get_it() -> None:
    where = situation(agent("a", absences=(ABSENT,)), B, last="a")
    assert choose(by("last-agent"), where).agent == "b"


def test_who_is_passed_over_and_why_is_said() -> None:
    choice = choose(by("round-robin"), situation(agent("a", absences=(ABSENT,)), agent("b", most_open=1),
                                                loads={"b": Load(open_tickets=1)}))  # fmt: skip
    assert choice.why == "nobody can take it (a away or off shift; b has 1 open tickets already), team first"


def test_a_ticket_nobody_can_take_is_looked_at_when_the_first_comes_back() -> None:
    evening = datetime(2026, 3, 2, 18, 0, tzinfo=NOW.tzinfo)
    choice = choose(by("round-robin"), situation(agent("a", shifts=(OFFICE,)), now=evening))
    assert choice.wake_at == datetime(2026, 3, 3, 8, 0, tzinfo=NOW.tzinfo)
    assert choose(by("pull"), situation(A)).wake_at == NOW + LOOK_AGAIN


@given(st.integers(2, 9), st.integers(1, 200))
def test_round_robin_is_fair_over_time(people: int, tickets: int) -> None:
    crew = [agent(f"a{n}") for n in range(people)]
    loads: dict[str, Load] = {}
    given_to: Counter[str] = Counter({each.name: 0 for each in crew})
    for number in range(tickets):
        now = NOW + timedelta(seconds=number)
        name = choose(by("round-robin"), situation(*crew, loads=loads, now=now)).agent
        loads[name] = Load(last_assigned_at=now)
        given_to[name] += 1
    assert max(given_to.values()) - min(given_to.values()) <= 1


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=6),
       st.sampled_from(["round-robin", "least-loaded", "best-rated", "shift", "last-agent"]))  # fmt: skip
def test_nobody_away_or_above_the_cap_is_ever_chosen(crew: list[tuple[bool, int, int]], strategy: str) -> None:
    people = [
        agent(f"a{n}", absences=(ABSENT,) if away else (), most_open=cap) for n, (away, _, cap) in enumerate(crew)
    ]
    loads = {f"a{n}": Load(open_tickets=many) for n, (_, many, _) in enumerate(crew)}
    choice = choose(by(strategy), situation(*people, loads=loads, last="a0"))
    able = {f"a{n}" for n, (away, many, cap) in enumerate(crew) if not away and (not cap or many < cap)}
    assert choice.agent in able if able else not choice.agent and choice.wake_at


@pytest.mark.parametrize(
    ("shift", "at", "present"),
    [
        (OFFICE, "2026-03-02T08:00+00:00", True),
        (OFFICE, "2026-03-02T07:59+00:00", False),
        (OFFICE, "2026-03-02T16:00+00:00", False),
        (OFFICE, "2026-07-06T07:00+00:00", True),
        (OFFICE, "2026-03-07T10:00+00:00", False),
        (NIGHT, "2026-03-02T23:00+00:00", True),
        (NIGHT, "2026-03-07T03:00+00:00", True),
        (NIGHT, "2026-03-08T03:00+00:00", False),
    ],
)
def test_shifts_follow_the_clock_on_the_agents_wall(shift: Shift, at: str, present: bool) -> None:
    assert is_present(Work(shifts=(shift,)), datetime.fromisoformat(at)) is present


def test_the_next_presence_is_after_the_absence() -> None:
    work = Work(shifts=(OFFICE,), absences=(Absence(start=NOW, end=NOW + timedelta(days=1, hours=5)),))
    assert next_presence(work, NOW) == NOW + timedelta(days=1, hours=5)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri 09:00-17:30 Europe/Berlin", (1, 2, 3, 4, 5)),
        ("sat,sun 22:00-06:00", (6, 7)),
        ("fri-mon 00:00-24:00", (1, 5, 6, 7)),
    ],
)
def test_a_shift_is_read(text: str, days: tuple[int, ...]) -> None:
    shift = parse_shift(text)
    assert shift
    assert shift.days == days


@pytest.mark.parametrize(
    "text", ["", "mon", "mon 9-17", "funday 09:00-17:00", "mon 09:00-17:00 Mars/Base", "mon 09:00-25:00", "mon 1 2 3"]
)
def test_what_is_no_shift_is_refused(text: str) -> None:
    assert parse_shift(text) is None
