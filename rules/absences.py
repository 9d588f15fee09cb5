"""An agent's own out-of-office note: no new tickets by strategy until the day it names.

The note must be the agent's beyond doubt (an authenticated From, or where that cannot be told a token of a notice to
them): a forged one would take an agent out of the rota.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from parsers.mail import AutomaticKind
from rules import tokens
from rules.actions import MarkAway
from rules.authority import doubt_about_agent, is_notice
from rules.cases import Case, Plan
from rules.facts import Agent

_UNKNOWN_END = timedelta(days=1)
_LONGEST = timedelta(days=180)
_MONTHS = (
    ("jan", "ene", "gen", "sty", "січ"),
    ("feb", "fév", "fev", "lut", "лют"),
    ("mar", "mär", "mrz", "бер"),
    ("apr", "avr", "abr", "kwi", "кві"),
    ("may", "mai", "mag", "maj", "mei", "тра"),
    ("jun", "juin", "giu", "cze", "чер"),
    ("jul", "juil", "lug", "lip", "лип"),
    ("aug", "aoû", "aou", "ago", "sie", "сер"),
    ("sep", "set", "wrz", "вер"),
    ("oct", "okt", "out", "ott", "paź", "paz", "жов"),
    ("nov", "lis", "лис"),
    ("dec", "dez", "déc", "dic", "gru", "гру"),
)
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})?")
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|\.|º)?\s+(?:of\s+|de\s+)?([^\W\d_]{3,12})\.?,?\s*(?:de\s+)?(\d{4})?"
)
_MONTH_DAY = re.compile(r"\b([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b,?\s*(\d{4})?")


def note_absence(case: Case, plan: Plan) -> Plan:
    """The plan for an agent's out-of-office note, with the agent marked away; any other plan unchanged."""
    agent = case.sender.agent
    if agent is None or case.mail.automatic.kind is not AutomaticKind.AUTO_REPLY or not _is_proved(case, agent):
        return plan
    until = last_day(f"{case.mail.subject}\n{case.mail.reply or case.mail.text}"[:4000], case.now.date())
    end = datetime.combine(until, time.max, UTC) if until else case.now + _UNKNOWN_END
    why = f"out-of-office note of agent {agent.name}" + ("" if until else ", which names no day")
    return replace(plan, actions=(*plan.actions, MarkAway(agent=agent.name, until=end, why=why)))


def _is_proved(case: Case, agent: Agent) -> bool:
    """Authenticated where that can be told, else in answer to a notice that went to the agent."""
    if doubt_about_agent(case, agent):
        return False
    if case.sender.authentication.strong or case.envelope.authenticated_as:
        return True
    held = [token for token in case.thread.answered_tokens() if is_notice(token)]
    return any(tokens.issued_to(case.desk.keys, token, address) for token in held for address in agent.addresses)


def last_day(text: str, today: date) -> date | None:
    """The latest day named in the text that lies ahead, within half a year: the end of the absence.

    `3/4/2026` may be April or March; the later reading that lies ahead is taken.
    """
    ahead = [day for day in _days(text, today) if today <= day <= today + _LONGEST]
    return max(ahead, default=None)


def _days(text: str, today: date) -> Iterator[date]:
    for year, month, day in _ISO.findall(text):
        yield from _day(year, month, day, today)
    for day, month, year in _DOTTED.findall(text):
        yield from _day(year, month, day, today)
    for first, second, year in _SLASHED.findall(text):
        yield from _day(year, second, first, today)
        yield from _day(year, first, second, today)
    for day, name, year in _DAY_MONTH.findall(text):
        yield from _day(year, _month(name), day, today)
    for name, day, year in _MONTH_DAY.findall(text):
        yield from _day(year, _month(name), day, today)


def _month(name: str) -> str:
    word = name.lower()
    return str(next((n for n, stems in enumerate(_MONTHS, 1) if word.startswith(stems)), 0))


def _day(year: str, month: str, day: str, today: date) -> Iterator[date]:
    """Without a year: this one, or the next when that day is past."""
    years = [int(year) + (2000 if len(year) == 2 else 0)] if year else [today.year, today.year + 1]
    for each in years:
        try:
            yield date(each, int(month), int(day))
        except ValueError:
            continue
