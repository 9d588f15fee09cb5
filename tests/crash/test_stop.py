"""SIGTERM under load: what is in hand is finished, peers are told to come back, and the exit is clean."""

import time
from pathlib import Path

import pytest
from loads import Client
from running import Daemon

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]
LONGEST_SECONDS = 10


def test_a_stop_under_load_is_quick_clean_and_refuses_nobody(tmp_path: Path) -> None:
    desk = Daemon(tmp_path)
    desk.start()
    clients = [Client(desk.smtp, range(1000 * n, 1000 * n + 100)) for n in range(4)]
    for client in clients:
        client.start()
    for _ in range(2):
        time.sleep(0.7)  # load builds up
        began = time.monotonic()
        assert desk.stop() == 0
        assert time.monotonic() - began < LONGEST_SECONDS
        desk.start()
    for client in clients:
        client.join(60)
    desk.wait(desk.settled, 60)
    assert desk.command("verify")["entries"] == 400
    assert not any(client.left or client.refusals for client in clients)
    assert desk.stop() == 0
    assert "Traceback" not in (tmp_path / "stderr").read_text()
