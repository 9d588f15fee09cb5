"""The process that sends is killed: its daemon starts another one, and no mail is lost or sent twice."""

import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
import strace
from killing import is_running, kill_sender_at
from loads import Client, stop_and_count
from running import Daemon, mail
from servers import needs
from smarthost import Smarthost

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]
KILLS = 6


def test_a_sender_killed_while_it_speaks_to_a_smarthost_hands_over_no_mail_twice(tmp_path: Path) -> None:
    needs(strace.missing())
    with Smarthost() as host:
        outbound = f'[outbound]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {host.port}\nconnections = 1\n'
        desk = Daemon(tmp_path, outbound=outbound)
        desk.start()
        for number in (1, 2, 3, 4, 5):  # EHLO, MAIL, RCPT, DATA, the mail
            kill_sender_at(desk, "sendto", number)
        desk.wait(desk.settled, 60)
        outgoing = desk.command("outbox", "list", "--most", "1000")
        desk.stop()
    taken = Counter(each.recipient for each in host.accepted if each.recipient.endswith("@customer.example"))
    assert taken
    assert max(taken.values()) == 1
    assert {row["state"] for row in outgoing} <= {"sent", "uncertain"}


def test_senders_killed_while_they_send_are_replaced(tmp_path: Path) -> None:
    desk = Daemon(tmp_path)
    desk.start()
    client = Client(desk.smtp, range(200))
    client.start()
    for _ in range(KILLS):
        time.sleep(0.3)  # somewhere in its work
        os.kill(desk.sender, signal.SIGKILL)
    client.join(120)
    stop_and_count(desk, 200)


def test_a_sender_ends_with_its_daemon(tmp_path: Path) -> None:
    desk = Daemon(tmp_path)
    desk.start()
    sender = desk.sender
    desk.kill()
    desk.wait(lambda: not is_running(sender), 10)


def test_no_daemon_starts_beside_the_sender_of_a_dead_one(tmp_path: Path) -> None:
    desk = Daemon(tmp_path)
    desk.start()
    desk.send(mail(1))
    desk.wait(desk.settled)
    os.kill(desk.sender, signal.SIGSTOP)  # in the middle of something long
    desk.kill()
    desk.start()
    assert desk.stop() == 0
