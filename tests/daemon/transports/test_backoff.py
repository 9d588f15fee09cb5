"""How long a failing server is left alone."""

import random

import pytest

from daemon.transports.backoff import backoff_seconds, suggested_seconds


@pytest.mark.parametrize(
    ("failures", "ceiling"), [(0, 5), (1, 5), (2, 10), (3, 20), (8, 640), (9, 900), (100_000, 900)]
)
def test_the_pause_doubles_up_to_a_quarter_of_an_hour(failures: int, ceiling: float) -> None:
    pauses = [backoff_seconds(failures, first=5, longest=900, rng=random.Random(seed)) for seed in range(50)]
    assert ceiling / 2 <= min(pauses) < max(pauses) <= ceiling


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds", 299.961),
        ("suggested backoff time: 1000 milliseconds.", 1.0),
        ("Suggested Backoff Time: 999999999 milliseconds", 3600.0),
        ("Suggested Backoff Time: soon", 0.0),
        ("Server Unavailable. 15", 0.0),
        ("", 0.0),
    ],
)
def test_a_suggested_pause_is_read_and_limited(text: str, seconds: float) -> None:
    assert suggested_seconds(text) == seconds
