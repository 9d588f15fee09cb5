"""Everything that triage rules may refer to by name, gathered from the configuration and the other files."""

from collections.abc import Collection

from daemon.config import Config
from daemon.policy_people import People
from daemon.policy_time import DeadlinesFile
from rules.canned import objection_to_sending
from rules.facts import Canned
from rules.wishes import Names
from templates.catalogue import NOTICES

_ACKNOWLEDGEMENT = NOTICES["ticket-received"].sample.items()


def known_names(config: Config, people: People, deadlines: DeadlinesFile, canned: Collection[Canned]) -> Names:
    """What rules may name. A reply is a customers' notice that prints no more than an acknowledgement."""
    return Names(
        agents=frozenset(each.name for each in people.agent),
        teams=frozenset(each.name for each in people.team),
        skills=frozenset(skill for each in people.agent for skill in each.skills),
        templates=frozenset(
            name for name, each in NOTICES.items() if not each.internal and each.sample.items() <= _ACKNOWLEDGEMENT
        ),
        targets=frozenset(each.name for each in deadlines.target),
        canned={each.name: objection_to_sending(each.text) for each in canned if not each.team and not each.agent},
        forwards=frozenset(config.rules.forward_to),
        webhooks=frozenset(each.name for each in config.webhook),
        commands={each.name: each.arguments for each in config.command},
    )
