"""The lifecycle: every pair of status and trigger, legal or refused."""

from itertools import product

import pytest

from rules.facts import Status
from rules.lifecycle import MOVES, Trigger, diagram, move

LEGAL = {
    Trigger.CUSTOMER_REPLIED: ("open pending on_hold solved closed", "open"),
    Trigger.MACHINE_REPLIED: ("open pending on_hold", "open"),
    Trigger.AGENT_REPLIED: ("open pending on_hold solved closed spam", "pending"),
    Trigger.AGENT_OPENED: ("pending on_hold solved closed spam", "open"),
    Trigger.AGENT_WAITS: ("open on_hold solved", "pending"),
    Trigger.AGENT_HOLDS: ("open pending solved", "on_hold"),
    Trigger.AGENT_SOLVED: ("open pending on_hold", "solved"),
    Trigger.AGENT_CLOSED: ("open pending on_hold solved spam", "closed"),
    Trigger.AGENT_MARKED_SPAM: ("open pending on_hold solved closed", "spam"),
    Trigger.CUSTOMER_CLOSED: ("open pending on_hold solved", "closed"),
    Trigger.CUSTOMER_REOPENED: ("solved closed", "open"),
    Trigger.WAIT_ENDED: ("pending on_hold", "open"),
    Trigger.CHASE_ENDED: ("pending", "solved"),
    Trigger.SOLVED_LONG_AGO: ("solved", "closed"),
}


@pytest.mark.parametrize(("status", "trigger"), list(product(Status, Trigger)))
def test_a_ticket_moves_only_as_the_manual_says(status, trigger):
    allowed, new = LEGAL[trigger]
    assert move(status, trigger) == (Status(new) if status.value in allowed.split() else None)


def test_nobody_outside_can_touch_spam():
    outside = [t for t in Trigger if not t.name.startswith("AGENT_")]
    assert all(move(Status.SPAM, trigger) is None for trigger in outside)


def test_every_status_can_be_reached_and_left():
    changes = [(old, new) for (old, _), new in MOVES.items() if old is not new]
    assert {old for old, _ in changes} == {new for _, new in changes} == set(Status)


def test_the_diagram_is_drawn_from_the_table():
    lines = diagram().splitlines()
    assert lines[:2] == ["stateDiagram-v2", "    [*] --> open"]
    assert "    pending --> open: customer replied, machine replied, agent opened, wait ended" in lines
    assert len(lines) == 2 + len({(old, new) for (old, _), new in MOVES.items() if old is not new})
