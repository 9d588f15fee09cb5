"""How long to leave a failing server alone. Pure arithmetic: waiting is somebody else's job."""

import random
import re

_SUGGESTION = re.compile(r"Suggested Backoff Time: (\d{1,9}) milliseconds", re.IGNORECASE)
_LONGEST_SUGGESTION_SECONDS = 3600.0


def backoff_seconds(failures: int, *, first: float, longest: float, rng: random.Random) -> float:
    """Seconds before the next try after `failures` failures in a row: doubling from `first` up to `longest`.

    The upper half is random, so that many accounts on one server do not come back in the same second.
    """
    doublings = min(max(failures, 1) - 1, 32)  # bounded, because a float overflows long before a patient daemon stops
    ceiling = min(first * 2.0**doublings, longest)
    return ceiling * rng.uniform(0.5, 1.0)


def suggested_seconds(text: str) -> float:
    """The pause a throttling server asks for, 0 when it asks for none (Exchange Online's wording).

    Limited to an hour: a server must not be able to switch an account off for good.
    """
    found = _SUGGESTION.search(text)
    return min(int(found.group(1)) / 1000.0, _LONGEST_SUGGESTION_SECONDS) if found else 0.0
