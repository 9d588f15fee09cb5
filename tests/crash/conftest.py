"""Daemons are processes of their own: none outlives its test."""

from collections.abc import Iterator

import pytest
from running import none_left_running


@pytest.fixture(autouse=True)
def no_daemon_is_left() -> Iterator[None]:
    with none_left_running():
        yield
