"""What every test with a real server does when there is none."""

import os

import pytest


def needs(reason: str) -> None:
    """A missing server, told by a `reason`, is a named skip here and a failure where servers are promised."""
    if reason and os.environ.get("POSTROOM_REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
