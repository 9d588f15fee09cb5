"""Tickets that nobody could take when they came: looked at again when the first of the team is back."""

import logging
import threading
from collections.abc import Callable

from daemon.clock import Clock
from daemon.log import Event, log
from daemon.policy import Policy
from daemon.store import agent_states, queues, tickets
from daemon.store.activity import activity
from daemon.store.engine import Connection
from daemon.store.found import RATING_WINDOW
from daemon.store.store import Store
from parsers.mail import ParsedMail
from rules.actions import Decision, Outcome, Trace
from rules.assignment import Situation
from rules.facts import Status
from rules.triage_plans import assign_again

SECONDS = 30.0


class Assigning:
    """One thread that gives waiting tickets away."""

    def __init__(self, store: Store, policy: Callable[[], Policy], clock: Clock) -> None:
        self._store, self._policy, self._clock = store, policy, clock
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Let `run` return."""
        self._stopping.set()

    def run(self) -> None:
        """Look until stopped."""
        while not self._stopping.wait(SECONDS):
            try:
                self.step()
            except Exception as error:  # a worker loop: logged, and met again at the next look
                log(Event.TICK_FAILED, level=logging.ERROR, exc_info=True, error=error)

    def step(self) -> int:
        """Try every ticket that is due, all in one transaction. Returns how many were looked at."""
        return self._store.write(self._assign)

    def _assign(self, connection: Connection) -> int:
        policy, now = self._policy(), self._clock.now()
        due = queues.take_due(connection, now)
        for ticket_id, why in due:
            ticket = tickets.facts(connection, [ticket_id]).get(ticket_id)
            if ticket is None or ticket.assignee or ticket.status is not Status.OPEN:
                continue
            past = activity(connection, {ticket_id: ticket}, "")[ticket_id]
            situation = Situation(
                desk=policy.desk,
                loads=agent_states.loads(connection, rated_since=now - RATING_WINDOW),
                team=ticket.team,
                last_agent=past.last_agent,
                now=now,
            )
            actions = assign_again(ticket, why, situation, policy.ruleset)
            decision = Decision(outcome=Outcome.ENTRY, actions=actions, trace=Trace(), ticket=ticket_id)
            tickets.apply(connection, decision, ParsedMail(), None, now)
        return len(due)
