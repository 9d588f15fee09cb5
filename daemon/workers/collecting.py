"""Sending collected notices: each agent's when the agent's time has come."""

from datetime import datetime

from daemon.policy import Policy
from daemon.store import collected
from daemon.store.engine import Connection
from daemon.store.store import Store
from rules.addresses import agent_named
from rules.collecting import is_time


def collect(store: Store, policy: Policy, now: datetime) -> int:
    """Returns how many mails were queued."""
    with store.reading() as connection:
        waiting = collected.waiting(connection)
    ready = [agent for agent, since in waiting.items() if is_time(agent_named(policy.desk, agent), since, now)]
    if not ready:
        return 0

    def unit(connection: Connection) -> int:
        return sum(1 for agent in ready if collected.collect(connection, agent, now))

    return store.write(unit)
