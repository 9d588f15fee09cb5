"""The life of a ticket: one table, and the diagram drawn from it. A pair that is not in the table is refused."""

from collections.abc import Mapping
from enum import StrEnum

from rules.facts import Status


class Trigger(StrEnum):
    """What can move a ticket from one status to another."""

    CUSTOMER_REPLIED = "customer replied"
    MACHINE_REPLIED = "machine replied"
    AGENT_REPLIED = "agent replied"
    AGENT_OPENED = "agent opened"
    AGENT_WAITS = "agent waits for customer"
    AGENT_HOLDS = "agent puts on hold"
    AGENT_SOLVED = "agent solved"
    AGENT_CLOSED = "agent closed"
    AGENT_MARKED_SPAM = "agent marked as spam"
    CUSTOMER_CLOSED = "customer closed"
    CUSTOMER_REOPENED = "customer reopened"
    WAIT_ENDED = "wait ended"
    CHASE_ENDED = "chase ended"
    SOLVED_LONG_AGO = "solved long ago"


_OPEN, _PENDING, _ON_HOLD = Status.OPEN, Status.PENDING, Status.ON_HOLD
_SOLVED, _CLOSED, _SPAM = Status.SOLVED, Status.CLOSED, Status.SPAM

MOVES: Mapping[tuple[Status, Trigger], Status] = {
    (_OPEN, Trigger.CUSTOMER_REPLIED): _OPEN,
    (_PENDING, Trigger.CUSTOMER_REPLIED): _OPEN,
    (_ON_HOLD, Trigger.CUSTOMER_REPLIED): _OPEN,
    (_SOLVED, Trigger.CUSTOMER_REPLIED): _OPEN,
    (_CLOSED, Trigger.CUSTOMER_REPLIED): _OPEN,
    # What a machine writes may be what everybody waits for, but it never undoes a solution: that would loop.
    (_OPEN, Trigger.MACHINE_REPLIED): _OPEN,
    (_PENDING, Trigger.MACHINE_REPLIED): _OPEN,
    (_ON_HOLD, Trigger.MACHINE_REPLIED): _OPEN,
    # An agent who writes to the customer waits for an answer, whatever was before.
    (_OPEN, Trigger.AGENT_REPLIED): _PENDING,
    (_PENDING, Trigger.AGENT_REPLIED): _PENDING,
    (_ON_HOLD, Trigger.AGENT_REPLIED): _PENDING,
    (_SOLVED, Trigger.AGENT_REPLIED): _PENDING,
    (_CLOSED, Trigger.AGENT_REPLIED): _PENDING,
    (_SPAM, Trigger.AGENT_REPLIED): _PENDING,
    (_PENDING, Trigger.AGENT_OPENED): _OPEN,
    (_ON_HOLD, Trigger.AGENT_OPENED): _OPEN,
    (_SOLVED, Trigger.AGENT_OPENED): _OPEN,
    (_CLOSED, Trigger.AGENT_OPENED): _OPEN,
    (_SPAM, Trigger.AGENT_OPENED): _OPEN,
    (_OPEN, Trigger.AGENT_WAITS): _PENDING,
    (_ON_HOLD, Trigger.AGENT_WAITS): _PENDING,
    (_SOLVED, Trigger.AGENT_WAITS): _PENDING,
    (_OPEN, Trigger.AGENT_HOLDS): _ON_HOLD,
    (_PENDING, Trigger.AGENT_HOLDS): _ON_HOLD,
    (_SOLVED, Trigger.AGENT_HOLDS): _ON_HOLD,
    (_OPEN, Trigger.AGENT_SOLVED): _SOLVED,
    (_PENDING, Trigger.AGENT_SOLVED): _SOLVED,
    (_ON_HOLD, Trigger.AGENT_SOLVED): _SOLVED,
    (_OPEN, Trigger.AGENT_CLOSED): _CLOSED,
    (_PENDING, Trigger.AGENT_CLOSED): _CLOSED,
    (_ON_HOLD, Trigger.AGENT_CLOSED): _CLOSED,
    (_SOLVED, Trigger.AGENT_CLOSED): _CLOSED,
    (_SPAM, Trigger.AGENT_CLOSED): _CLOSED,
    (_OPEN, Trigger.AGENT_MARKED_SPAM): _SPAM,
    (_PENDING, Trigger.AGENT_MARKED_SPAM): _SPAM,
    (_ON_HOLD, Trigger.AGENT_MARKED_SPAM): _SPAM,
    (_SOLVED, Trigger.AGENT_MARKED_SPAM): _SPAM,
    (_CLOSED, Trigger.AGENT_MARKED_SPAM): _SPAM,
    (_OPEN, Trigger.CUSTOMER_CLOSED): _CLOSED,
    (_PENDING, Trigger.CUSTOMER_CLOSED): _CLOSED,
    (_ON_HOLD, Trigger.CUSTOMER_CLOSED): _CLOSED,
    (_SOLVED, Trigger.CUSTOMER_CLOSED): _CLOSED,
    (_SOLVED, Trigger.CUSTOMER_REOPENED): _OPEN,
    (_CLOSED, Trigger.CUSTOMER_REOPENED): _OPEN,
    (_PENDING, Trigger.WAIT_ENDED): _OPEN,
    (_ON_HOLD, Trigger.WAIT_ENDED): _OPEN,
    (_PENDING, Trigger.CHASE_ENDED): _SOLVED,
    (_SOLVED, Trigger.SOLVED_LONG_AGO): _CLOSED,
}


def move(status: Status, trigger: Trigger) -> Status | None:
    """The status after the trigger (perhaps the same one), or None when the pair is refused."""
    return MOVES.get((status, trigger))


def diagram() -> str:
    """The table as a Mermaid state diagram, one arrow for each pair of statuses."""
    arrows: dict[tuple[Status, Status], list[str]] = {}
    for (old, trigger), new in MOVES.items():
        if old is not new:
            arrows.setdefault((old, new), []).append(trigger.value)
    lines = [f"    {old} --> {new}: {', '.join(triggers)}" for (old, new), triggers in arrows.items()]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {Status.OPEN}", *lines, ""])
