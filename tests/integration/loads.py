"""Load on a running desk, and what came of it."""

import smtplib
import threading
import time
from collections import Counter
from pathlib import Path

from running import DESK, Daemon, mail

import parsers


class Client(threading.Thread):
    """Sends its numbers until each is acknowledged, trying again when the desk is down: what a mail server does.

    `refusals` are the answers that would have made a mail server give up: there must be none.
    """

    def __init__(self, port: int, numbers: range) -> None:
        super().__init__(daemon=True)
        self.port, self.left = port, list(numbers)
        self.refusals: list[str] = []

    def run(self) -> None:
        while self.left:
            try:
                with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as client:
                    while self.left:
                        number = self.left[0]
                        client.sendmail(f"c{number}@customer.example", [DESK], mail(number))
                        self.left.pop(0)
            except (OSError, smtplib.SMTPException) as error:
                self.refusals += permanent(error)
                time.sleep(0.05)  # the desk is being killed and restarted by the test


def permanent(error: Exception) -> list[str]:
    """The 5xx answers in what smtplib raises."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = [(code, text) for code, text in error.recipients.values()]
    else:
        answers = [(getattr(error, "smtp_code", 0), str(error))]
    return [f"{code} {text!r}" for code, text in answers if code >= 500]


def acknowledgements(maildir: Path) -> Counter[str]:
    """How many acknowledgements each address got."""
    mails = [parsers.parse(path.read_bytes()) for path in (maildir / "new").iterdir()]
    return Counter(each.to[0].address for each in mails if each.header("auto-submitted") == "auto-replied")


def stop_and_count(desk: Daemon, mails: int) -> None:
    """When all is done: each mail became one ticket, and was acknowledged once at most."""
    desk.wait(desk.settled, 60)
    balance = desk.command("verify", "--read")
    tickets, outgoing = (desk.command(name, "list", "--most", "1000") for name in ("tickets", "outbox"))
    desk.stop()
    assert balance["ok"], balance
    assert balance["entries"] == len(tickets) == mails
    assert max(acknowledgements(desk.folder / "out").values()) == 1
    assert {row["state"] for row in outgoing} <= {"sent", "uncertain"}
