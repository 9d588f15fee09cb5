"""An admin's wish carried out: found, decided and written in one transaction, as a mail of commands would be."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from daemon.errors import PostroomError
from daemon.policy import Policy
from daemon.store import tickets
from daemon.store.engine import Connection
from daemon.store.found import find
from daemon.store.store import Store
from rules.actions import Decision, Report, Send
from rules.admins import Wish, decide_wish, lookups, mail_of, ticket_of

_NO_BREAKER = 1_000_000  # nothing here is acknowledged


class NotDone(PostroomError):
    """The answer is no, or not yet: nothing was changed. `confirm`: why a yes is needed first, else empty."""

    def __init__(self, reasons: list[str], confirm: str = "") -> None:
        super().__init__("; ".join(reasons) or confirm)
        self.reasons, self.confirm = reasons, confirm


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was done. `changes`: what, old, new; `sent`: template and recipient; `undo`: the word that takes it back."""

    number: int
    changes: tuple[tuple[str, str, str], ...]
    sent: tuple[tuple[str, str], ...]
    undo: str

    def to_dict(self) -> dict[str, Any]:
        """The public JSON shape."""
        return {
            "number": self.number,
            "changes": [{"what": what, "old": old, "new": new} for what, old, new in self.changes],
            "sent": [{"template": template, "to": to} for template, to in self.sent],
            "undo": self.undo,
        }


def fulfil(store: Store, policy: Policy, wish: Wish, now: datetime) -> Outcome:
    """Do it. Raises NotDone, Unavailable."""
    return store.write(lambda connection: _fulfil(connection, policy, wish, now))


def _fulfil(connection: Connection, policy: Policy, wish: Wish, now: datetime) -> Outcome:
    wanted, budgets = lookups(wish), policy.desk.budgets
    found = find(connection, wanted, now, breaker_limit=_NO_BREAKER, budgets=budgets, needs=policy.needs)
    ticket = ticket_of(wish, found)
    if ticket is None:
        raise NotDone([f"there is no ticket {wish.number}"])
    decision, report = decide_wish(wish, ticket, found, policy.desk, now, policy.ruleset)
    if report.objections or report.confirm:
        reasons = [f"{each.line}: {each.why}" if each.line else each.why for each in report.objections]
        raise NotDone(reasons, confirm=report.confirm_why)
    work = tickets.carry_out(connection, decision, mail_of(wish, policy.desk, now), None, now)
    if work.remarks:  # raised within the unit of work: everything is taken back
        raise NotDone([f"{line}: {why}" if line else why for line, why in work.remarks])
    return Outcome(
        number=ticket.number,
        changes=(*_changes(report), *work.changes),
        sent=_sent(decision),
        undo=work.undo,
    )


def _changes(report: Report) -> tuple[tuple[str, str, str], ...]:
    return tuple((each.what, each.old, each.new) for each in report.changes)


def _sent(decision: Decision) -> tuple[tuple[str, str], ...]:
    return tuple((each.template, each.recipient.address) for each in decision.actions if isinstance(each, Send))
