"""The daemon killed at random moments: nothing acknowledged is lost, nothing is there or sent twice."""

import random
import time
from pathlib import Path

import pytest
from loads import Client, acknowledgements
from running import Daemon

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]
KILLS = 8
SEED = 20261122


def test_mails_survive_kills_and_exist_once(tmp_path: Path) -> None:
    dice, desk = random.Random(SEED), Daemon(tmp_path)
    clients = [Client(desk.smtp, range(start, start + 60)) for start in (0, 100, 200, 300)]
    desk.start()
    for client in clients:
        client.start()
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.02, 0.8))
        desk.kill()
        desk.start()
    for client in clients:
        client.join(timeout=120)
    desk.wait(desk.settled, 120)
    balance = desk.command("verify")
    tickets = desk.command("tickets", "list", "--most", "1000")
    desk.stop()
    assert not any(client.left for client in clients)
    assert balance["ok"], balance
    assert balance["entries"] == len(tickets) == 240
    assert max(acknowledgements(tmp_path / "out").values()) == 1
    assert not any(client.refusals for client in clients)
