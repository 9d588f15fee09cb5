"""Rules from TOML and the facts of small mails: what the tests of triage share."""

import tomllib
from dataclasses import replace
from typing import Any

from deskwork import DESK, NOW, mail

from parsers.mail import Attachment
from rules.facts import Activity, Agent, Envelope, TicketFacts
from rules.ruleset import Compiled, RuleFile, Ruleset, compile_rules
from rules.senders import identify
from rules.triage import Triage, run
from rules.triage_facts import Happening, Seen, TriageFacts, gather
from rules.wishes import Names

NAMES = Names(
    agents=frozenset({"anna", "ben"}),
    teams=frozenset({"first", "billing"}),
    templates=frozenset({"ticket-received"}),
    skills=frozenset({"french"}),
)
LISTS = {"partners.txt": "# our partners\n@partner.example\nkim@cust.example  # Kim\n"}
THEN = 'then = { tags = ["hit"] }'
PDF = Attachment(
    name="Invoice 4711.PDF", content_type="application/pdf", claimed_type="x/y", size=3_000_000, sha256="0" * 64
)


def compiled(text: str, /) -> Compiled:
    """Rules from TOML text, with their faults."""
    return compile_rules([RuleFile(name="triage.toml", tables=tomllib.loads(text))], NAMES, LISTS)


def ruleset(text: str) -> Ruleset:
    """Rules from TOML text that has no faults."""
    result = compiled(text)
    assert not result.faults
    return result.ruleset


def facts(
    happening: Happening = Happening.NEW,
    *,
    ticket: TicketFacts | None = None,
    before: TicketFacts | None = None,
    activity: Activity | None = None,
    known: bool = False,
    **more: Any,
) -> TriageFacts:
    """The facts of a mail made by `deskwork.mail`."""
    message = mail(**more)
    envelope = Envelope(source="smtp", sender="bounce@cust.example", recipients=("help@us.example",), received_at=NOW)
    seen = Seen(
        happening=happening,
        mail=message,
        envelope=envelope,
        sender=identify(message, envelope, DESK),
        desk=replace(DESK, vips=frozenset({"@cust.example"})),
        ticket=ticket or TicketFacts(id=0, number=0, mailbox="support", requester="alice@cust.example", team="first"),
        before=before,
        activity=activity or Activity(),
        sender_known=known,
        now=NOW,
    )
    return gather(seen)


def matches(when: str, /, **more: Any) -> bool:
    """Whether a condition holds for a mail."""
    return bool(triaged(f'[[rule]]\nname = "r"\nwhen = {when}\n{THEN}', **more).acted)


def triaged(rules: str, /, **more: Any) -> Triage:
    """What rules make of a mail."""
    return run(ruleset(rules), facts(**more))


def wishes(triage: Triage) -> list[str]:
    """What won, in words."""
    return [each.effect.describe() for each in triage.actions]


def agents(*specs: Agent) -> Any:
    """A desk of these agents."""
    return replace(DESK, agents=specs)
