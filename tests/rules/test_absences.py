"""Out-of-office notes of agents: until when, and whose word counts."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from deskwork import ALICE, ANNA, BEN, EVE, NOW, STRICT, TICKET, found, mail, of, passed, reply_address, run

from parsers.mail import Automatic, AutomaticKind
from rules.absences import last_day
from rules.actions import MarkAway
from rules.tokens import TokenKind

TODAY = date(2026, 3, 2)
AWAY = Automatic(kind=AutomaticKind.AUTO_REPLY, acknowledge=False)
DAYS = [
    ("I am back on 2026-03-09.", date(2026, 3, 9)),
    ("Ich bin bis 13.03.2026 nicht im Büro.", date(2026, 3, 13)),
    ("vom 2.3. bis 6.3. im Urlaub", date(2026, 3, 6)),
    ("Out until 16 March 2026", date(2026, 3, 16)),
    ("Away until March 16th", date(2026, 3, 16)),
    ("de retour le 20 mars", date(2026, 3, 20)),
    ("fuera hasta el 5 de abril de 2026", date(2026, 4, 5)),
    ("nieobecny do 12 kwietnia", date(2026, 4, 12)),
    ("от 3 до 9 березня", date(2026, 3, 9)),
    ("from December 24 to January 2", None),
    ("in my absence, call 12.12.1999 or room 31.31.", None),
    ("I am away.", None),
    ("until 2031-01-01", None),
]


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_the_last_day_is_read(text: str, day: date | None) -> None:
    assert last_day(text, TODAY) == day


def test_a_note_that_answers_the_agents_own_notice_marks_them_away() -> None:
    message = mail(ANNA, to=reply_address(TokenKind.AGENT_REPLY, ANNA), automatic=AWAY, text="Back on 9 March.")
    (away,) = of(run(message, found(TICKET)), MarkAway)
    assert (away.agent, away.until.date()) == ("anna", date(2026, 3, 9))


def test_a_note_without_a_day_counts_for_one() -> None:
    message = mail(ANNA, to=reply_address(TokenKind.AGENT_REPLY, ANNA), automatic=AWAY, text="I am away.")
    (away,) = of(run(message, found(TICKET)), MarkAway)
    assert away.until == datetime(2026, 3, 3, 9, 0, tzinfo=NOW.tzinfo)


def test_a_note_of_an_authenticated_agent_counts_without_a_token() -> None:
    message = mail(ANNA, automatic=AWAY, text="Back on 9 March.", headers=passed(ANNA))
    assert of(run(message, found(TICKET), desk=STRICT), MarkAway)


def test_a_forged_note_takes_nobody_out_of_the_rota() -> None:
    message = mail(ANNA, automatic=AWAY, text="Back on 9 March.", subject="Re: [#123]")
    assert not of(run(message, found(TICKET), desk=replace(STRICT)), MarkAway)


@pytest.mark.parametrize("author", [ALICE, EVE, BEN])
def test_a_note_on_an_agents_token_by_anybody_else_marks_nobody_away(author: str) -> None:
    message = mail(author, to=reply_address(TokenKind.AGENT_REPLY, ANNA), automatic=AWAY, text="Back on 9 March.")
    assert not of(run(message, found(TICKET)), MarkAway)


def test_what_an_authenticated_agent_writes_by_hand_marks_nobody_away() -> None:
    message = mail(ANNA, to=reply_address(TokenKind.AGENT_REPLY, ANNA), text="I am away until 9 March.")
    assert not of(run(message, found(TICKET)), MarkAway)


def test_a_note_with_a_failed_authentication_marks_nobody_away_even_with_a_token() -> None:
    failed = (("authentication-results", "mx.us.example; dmarc=fail header.from=us.example"),)
    message = mail(ANNA, to=reply_address(TokenKind.AGENT_REPLY, ANNA), automatic=AWAY, text="9 March", headers=failed)
    assert not of(run(message, found(TICKET), desk=STRICT), MarkAway)
