"""Gathering what a decision may know from the rows that a mail's signals name."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from daemon.store import activity, agent_states, outbox, outbox_figures, passed_on, people, tickets, words
from daemon.store.senders import ADDRESS_WINDOW, sender_facts
from rules.budgets import Budgets
from rules.commands import numbers_named, read_commands
from rules.facts import Found, Load, TicketFacts, WordFacts
from rules.ruleset import RuleNeeds
from rules.threads import Lookups

Item = TypeVar("Item")
RATING_WINDOW = timedelta(days=90)


def find(
    connection: Connection,
    lookups: Lookups,
    now: datetime,
    *,
    breaker_limit: int,
    budgets: Budgets,
    needs: RuleNeeds = RuleNeeds.NOTHING,
) -> Found:
    """Look up everything a mail names, what we have lately sent its sender, and what triage rules need besides."""
    found = find_named(connection, lookups, now)
    sender = sender_facts(
        connection, lookups.sender, now, most_in_domain=budgets.per_domain_an_hour, most_in_all=breaker_limit
    )
    known = lookups.sender if sender.is_known else ""
    return replace(
        found,
        sender_known=sender.is_known,
        was_answered=sender.was_answered,
        acknowledged_recently=sender.automatic > 0,
        automatic_today=sender.automatic,
        acknowledged_in_domain=0 if sender.was_answered else sender.in_domain,
        breaker_open=sender.in_all >= breaker_limit,
        activity=activity.activity(connection, found.tickets, known) if needs is not RuleNeeds.NOTHING else {},
        loads=_loads(connection, needs, now),
        forwarded_today=outbox_figures.forwarded_since(connection, lookups.forwards, now - ADDRESS_WINDOW),
    )


def find_named(connection: Connection, lookups: Lookups, now: datetime) -> Found:
    """Only the tickets, mails and words that a mail names, and the people on them."""
    by_message_id = tickets.by_message_id(connection, list(lookups.message_ids))
    by_number = tickets.by_number(connection, list(lookups.numbers))
    sent = outbox.sent_facts(connection, list(lookups.outbox_ids))
    given = words.usable(connection, lookups.agent, now) if lookups.agent else ()
    by_number |= tickets.by_number(connection, _numbers_waiting(given))
    named = _distinct(
        (
            lookups.ticket_ids,
            by_message_id.values(),
            by_number.values(),
            (each.ticket_id for each in sent.values()),
            (word.ticket_id for word in given),
        )
    )
    siblings = activity.undone_of(connection, lookups.sender) if lookups.siblings and lookups.sender else ()
    merged = tickets.merged(connection, named)
    ids = _distinct([(merged.get(each, each) for each in named), siblings])
    found = tickets.facts(connection, ids)
    return Found(
        tickets=found,
        by_message_id=by_message_id,
        by_number=by_number,
        sent=sent,
        paused=people.paused(connection, _people(found), now),
        merged=merged,
        words=given,
        contacts=people.contacts_of(connection, lookups.addresses),
        messages=tickets.message_ids(connection, ids) if lookups.agent else {},
        passed_on=passed_on.unheard(connection, found) if lookups.addresses else {},
        siblings=siblings,
    )


def _loads(connection: Connection, needs: RuleNeeds, now: datetime) -> Mapping[str, Load]:
    if needs not in (RuleNeeds.LOADS, RuleNeeds.RATINGS):
        return {}
    return agent_states.loads(connection, rated_since=now - RATING_WINDOW if needs is RuleNeeds.RATINGS else None)


def _numbers_waiting(given: Iterable[WordFacts]) -> list[int]:
    """Tickets named in commands that wait for a confirmation."""
    return [number for each in given for number in numbers_named(read_commands(each.text))]


def _people(found: Mapping[int, TicketFacts]) -> list[str]:
    return _distinct((each.address for each in ticket.participants) for ticket in found.values())


def _distinct(groups: Iterable[Iterable[Item]]) -> list[Item]:
    return list(dict.fromkeys(each for group in groups for each in group))
