"""Days and times as the eight languages say them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from templates.moments import say_moment

MONDAY = datetime(2026, 11, 23, 9, 5, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Monday, 23 November, 09:05 (CET)"),
        ("de", "Montag, 23. November, 09:05 Uhr (CET)"),
        ("es", "lunes, 23 de noviembre, 09:05 (CET)"),
        ("fr", "lundi 23 novembre à 09:05 (CET)"),
        ("pl", "poniedziałek, 23 listopada, 09:05 (CET)"),
        ("pt", "segunda-feira, 23 de novembro, 09:05 (CET)"),
        ("it", "lunedì 23 novembre, 09:05 (CET)"),
        ("uk", "понеділок, 23 листопада, 09:05 (CET)"),
        ("xx", "Monday, 23 November, 09:05 (CET)"),
    ],
)
def test_a_moment_is_said_in_the_readers_language(language: str, said: str) -> None:
    assert say_moment(MONDAY, language) == said


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "pl", "pt", "it", "uk"])
def test_every_weekday_and_month_has_a_name(language: str) -> None:
    said = {
        say_moment(datetime(2026, month, day, tzinfo=UTC), language) for month in range(1, 13) for day in range(1, 8)
    }
    assert len(said) == 84
