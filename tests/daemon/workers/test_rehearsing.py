"""A rehearsal judges with the desk as it was when each mail was decided, not as it has become since."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desks import CONFIG, KEY, DeskInHand, mail
from folders import PEOPLE

from daemon.config import parse
from daemon.policy import Policy, load_policy
from daemon.store import tickets
from daemon.store.pasts import PastLoads
from daemon.store.schema import tickets as rows
from daemon.store.store import Store
from daemon.workers.rehearsing import rehearse
from parsers.mail import ParsedMail
from rules.actions import Action, Decision, Outcome, SetField, SetStatus, SetTags, Trace
from rules.facts import Priority, Status, TicketFacts
from rules.pasts import before

REPLY = "In-Reply-To: <1@customer.example>\n"


@pytest.fixture
def load(tmp_path: Path) -> Any:
    """Loads a policy of these rules."""

    def policy(rules: str) -> Policy:
        (tmp_path / "people.toml").write_text(PEOPLE, encoding="utf-8")
        (tmp_path / "triage.toml").write_text(rules, encoding="utf-8")
        return load_policy(parse(CONFIG.replace("[desk]", f'[desk]\nrules_dir = "{tmp_path}"'), "test.toml"), (KEY,))

    return policy


def rule(when: str, on: str = "reply") -> str:
    return f'[[rule]]\nname = "r"\non = "{on}"\nwhen = {{ {when} }}\nthen = {{ type = "hit" }}\n'


def change(desk: DeskInHand, *actions: Action) -> None:
    """An agent does that, an hour later."""
    desk.clock.advance(timedelta(hours=1))
    decision = Decision(outcome=Outcome.ENTRY, actions=actions, trace=Trace(), ticket=1)
    now = desk.clock.now()
    desk.store.write(lambda connection: tickets.apply(connection, decision, ParsedMail(), None, now))


@pytest.fixture
def desk(store: Store, clock: Any, load: Any) -> DeskInHand:
    """A new ticket, a reply, then an agent who changes everything, then another ticket of the same customer."""
    desk = DeskInHand(store, clock, load(""))
    desk.take(mail())
    desk.decide()
    change(desk, SetField(ticket=1, field="assignee", value="ada", why="test"))
    clock.advance(timedelta(hours=1))
    desk.take(mail("More.\n", message_id="<2@customer.example>", extra=REPLY))
    desk.decide()
    change(
        desk,
        SetStatus(ticket=1, old=Status.OPEN, new=Status.CLOSED, why="test"),
        SetField(ticket=1, field="assignee", value="ben", why="test"),
        SetField(ticket=1, field="priority", value="P1", why="test"),
        SetTags(ticket=1, add=("late",), why="test"),
    )
    clock.advance(timedelta(hours=1))
    desk.take(mail("Other.\n", message_id="<3@customer.example>", subject="Other"))
    desk.decide()
    return desk


@pytest.mark.parametrize(
    ("rules", "tickets_hit"),
    [
        (rule('assignee.is = "ada"'), [1001]),
        (rule('assignee.is = "ben"'), []),
        (rule('priority.is = "P3"'), [1001]),
        (rule('tags.is = "late"'), []),
        (rule('status.is = "closed"'), []),
        (rule("known.is = false", "new"), [1001]),
        (rule("known.is = true", "new"), [1002]),
        (rule("open_tickets.greater = 0", "new"), []),
        (rule("open_tickets.is = 1", "reply"), [1001]),
        (rule('since_created.less = "3h"'), [1001]),
    ],
)
def test_each_mail_is_judged_as_the_desk_was_then(
    desk: DeskInHand, load: Any, rules: str, tickets_hit: list[int]
) -> None:
    result = rehearse(desk.store, desk.readers, desk.clock.now() - timedelta(days=1), load(""), load(rules))  # type: ignore[arg-type]
    hit = [each.ticket for change in result.rules.values() for each in change.examples]
    assert (result.mails, hit) == (3, tickets_hit)


def test_the_total_is_known_from_the_first_mail_on(desk: DeskInHand, load: Any) -> None:
    totals: list[int] = []
    since = desk.clock.now() - timedelta(days=1)
    rehearse(desk.store, desk.readers, since, load(""), load(""), totals.append)  # type: ignore[arg-type]
    assert totals == [3, 3, 3]


def test_the_loads_of_agents_are_those_of_then(desk: DeskInHand) -> None:
    with desk.store.reading() as connection:
        loads, now = PastLoads(connection), desk.clock.now()
        seen = []
        for hours in (3.5, 2.5, 0.5):
            loads.advance(now - timedelta(hours=hours))
            found = loads.loads(now)
            seen.append([found[name].open_tickets if name in found else 0 for name in ("ada", "ben")])
    assert seen == [[0, 0], [1, 0], [0, 0]]


def test_a_rehearsal_changes_nothing(desk: DeskInHand, load: Any) -> None:
    with desk.store.reading() as connection:
        rows_before = connection.execute(rows.select()).all()
    rehearse(desk.store, desk.readers, desk.clock.now() - timedelta(days=1), load(""), load(rule("known.is = true")))  # type: ignore[arg-type]
    with desk.store.reading() as connection:
        assert connection.execute(rows.select()).all() == rows_before


def test_events_are_taken_back_newest_first() -> None:
    ticket = TicketFacts(id=1, number=1, status=Status.CLOSED, priority=Priority.P1, tags=("b",), followers=("ada",))
    ticket = replace(ticket, fields=(("site", "Porto"), ("kind", "x")))
    was = before(
        ticket,
        [
            ("field", {"field": "site", "old": "Lyon", "new": "Porto"}),
            ("field", {"field": "kind", "old": "", "new": "x"}),
            ("follow", {"agent": "ada", "on": True}),
            ("tags", {"old": ["a"], "new": ["b"]}),
            ("status", {"old": "pending", "new": "closed"}),
            ("status", {"old": "open", "new": "pending"}),
            ("priority", {"old": "P3", "new": "P1"}),
            ("mail", {"template": "reply"}),
        ],
    )
    assert was == replace(
        ticket, status=Status.OPEN, priority=Priority.P3, tags=("a",), followers=(), fields=(("site", "Lyon"),)
    )
