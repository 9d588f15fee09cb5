"""The whole daemon between real mail servers: every mail becomes one entry, whatever dies on the way."""

import random
import re
import smtplib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dovecot import PASSWORD, USER, Dovecot
from postfix import Postfix
from running import Daemon
from servers import needs

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
BACKLOG, KILLS, SEED = 1000, 20, 4711
TEAMS = [f"team{number}@us" for number in range(7)]


def mail(number: int) -> bytes:
    return (
        f"From: c{number}@customer.example\r\nTo: support@desk.example\r\nSubject: mail {number}\r\n"
        f"Message-ID: <{number}@customer.example>\r\n\r\nHello {number}.\r\n"
    ).encode()


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    needs(Dovecot.missing())
    with Dovecot() as server:
        yield server


def imap(server: Dovecot) -> str:
    return (
        f'[[imap]]\nname = "inbox"\nmailbox = "support"\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n'
        f'user = "{USER}"\npassword = {{ env = "IMAP_PASSWORD" }}\nhandled = "move:Handled"\nstart = "everything"\n'
        "[limits]\nconnections_per_address = 50\n"
    )


def subjects(desk: Daemon) -> list[str]:
    return sorted(row["subject"] for row in desk.command("tickets", "list", "--most", "5000"))


def test_a_thousand_mails_in_an_imap_mailbox_and_twenty_kills(
    dovecot: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAP_PASSWORD", PASSWORD)
    dovecot.append(*map(mail, range(BACKLOG)))
    desk, dice = Daemon(tmp_path, extra=imap(dovecot)), random.Random(SEED)
    for _ in range(KILLS):
        desk.start()
        time.sleep(dice.uniform(0.0, 0.8))  # the moment of the power cut
        desk.kill()
    desk.start()
    desk.wait(lambda: len(subjects(desk)) == BACKLOG and desk.settled(), 300)
    balance, found = desk.command("verify"), subjects(desk)
    desk.stop()
    assert balance["ok"], balance
    assert balance["entries"] == BACKLOG
    assert found == sorted(f"mail {number}" for number in range(BACKLOG))
    assert dovecot.count("Handled") == BACKLOG


def test_two_hundred_mails_from_postfix_with_one_to_five_recipients(tmp_path: Path) -> None:
    needs(Postfix.missing())
    aliases = ", ".join(f'"{address}"' for address in TEAMS)
    desk = Daemon(tmp_path, extra=f'[[mailbox]]\nname = "teams"\naddress = "all@us"\naliases = [{aliases}]\n')
    desk.start()
    postfix = Postfix({"us": desk.lmtp})
    postfix.start()
    try:
        with smtplib.SMTP("127.0.0.1", postfix.port) as client:
            for number in range(200):
                people = [TEAMS[(number + offset) % 7] for offset in range(number % 5 + 1)]
                assert client.sendmail("ann@customer.test", people, mail(number)) == {}
        desk.wait(lambda: not postfix.queued and desk.settled(), 120)
        log = postfix.log
    finally:
        postfix.stop()
    balance, found = desk.command("verify"), subjects(desk)
    desk.stop()
    assert balance["ok"], balance
    assert found == sorted(f"mail {number}" for number in range(200))
    assert "may be sent more than once" not in log
    assert len(re.findall("status=sent", log)) == sum(number % 5 + 1 for number in range(200))
