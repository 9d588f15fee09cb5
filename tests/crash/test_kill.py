"""The daemon killed at random moments: nothing acknowledged is lost, nothing is there or sent twice."""

import random
import smtplib
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from running import DESK, Daemon, mail

import parsers

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]
KILLS = 8
SEED = 20261122


class Client(threading.Thread):
    """Sends its numbers until each is acknowledged, trying again when the desk is down: what a mail server does."""

    def __init__(self, port: int, numbers: range) -> None:
        super().__init__(daemon=True)
        self.port, self.left = port, list(numbers)

    def run(self) -> None:
        while self.left:
            try:
                with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as client:
                    while self.left:
                        number = self.left[0]
                        client.sendmail(f"c{number}@customer.example", [DESK], mail(number))
                        self.left.pop(0)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.05)  # the desk is being killed and restarted by the test


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
    assert max(Counter(acknowledged(tmp_path / "out")).values()) == 1


def acknowledged(maildir: Path) -> list[str]:
    """Who got an acknowledgement, once for each mail in the folder."""
    mails = [parsers.parse(path.read_bytes()) for path in (maildir / "new").iterdir()]
    return [each.to[0].address for each in mails if each.header("auto-submitted") == "auto-replied"]
