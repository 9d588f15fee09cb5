"""The tests' own daemons."""

from pathlib import Path

import pytest
from running import Daemon, none_left_running

pytestmark = pytest.mark.integration


def test_a_test_that_fails_leaves_no_daemon_behind(tmp_path: Path) -> None:
    desk = Daemon(tmp_path)

    def fail() -> None:
        with none_left_running():
            desk.start()
            raise AssertionError("of the test")

    with pytest.raises(AssertionError, match="of the test"):
        fail()
    assert desk.process is not None
    assert desk.process.returncode is not None
