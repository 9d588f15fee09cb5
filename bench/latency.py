"""From the moment a mail is handed over to the moment its ticket is committed: by LMTP, and by IMAP from Dovecot.

usage: latency.py [MAILS=200]        prints one JSON object, milliseconds; IMAP only where Dovecot is installed

The floor beside it is a bare fsync of 5 KB in the same run. Dovecot waits half a second before it tells an idle client.
"""

import json
import os
import random
import smtplib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "integration")]

from dovecot import PASSWORD, USER, Dovecot
from running import DESK, Daemon, mail

from daemon.app import open_store
from daemon.clock import SystemClock
from daemon.config import load
from daemon.store import views
from daemon.store.store import Store


def until_ticket(store: Store, subject: str) -> None:
    """Returns when the newest ticket has this subject."""
    while True:
        with store.reading() as connection:
            rows = views.ticket_list(connection, most=1)
        if rows and rows[0]["subject"] == subject:
            return
        time.sleep(0.001)


def measure(desk: Daemon, mails: int, hand_over: Callable[[bytes], None]) -> dict[str, float]:
    store, seconds, dice = open_store(load(desk.config), SystemClock()), [], random.Random(1)
    for number in range(mails):
        subject = f"Latency {number} {os.getpid()}"
        time.sleep(dice.uniform(0, 0.05))
        start = time.perf_counter()
        hand_over(mail(number, subject))
        until_ticket(store, subject)
        seconds.append(time.perf_counter() - start)
    store.close()
    percentiles = quantiles(seconds[3:], n=100)
    return {"p50_ms": round(percentiles[49] * 1000, 1), "p99_ms": round(percentiles[98] * 1000, 1)}


def by_lmtp(mails: int, folder: Path) -> dict[str, float]:
    desk = Daemon(folder)
    desk.start()
    with smtplib.LMTP("127.0.0.1", desk.lmtp) as client:
        figures = measure(desk, mails, lambda raw: client.sendmail("c@customer.example", [DESK], raw) and None)
    desk.stop()
    return figures


def by_imap(mails: int, folder: Path) -> dict[str, float] | str:
    if missing := Dovecot.missing():
        return missing
    os.environ["IMAP_PASSWORD"] = PASSWORD
    with Dovecot() as server:
        account = (
            f'[[imap]]\nname = "inbox"\nmailbox = "support"\nhost = "127.0.0.1"\nport = {server.port}\n'
            f'security = "none"\nuser = "{USER}"\npassword = {{ env = "IMAP_PASSWORD" }}\nstart = "everything"\n'
            'handled = "keyword:$Postroom"\n'
        )
        desk = Daemon(folder, extra=account)
        desk.start()
        client = server.client()
        figures = measure(desk, mails, lambda raw: client.append("INBOX", "", "", raw) and None)
        client.logout()
        desk.stop()
    return figures


def fsync_ms(folder: Path) -> float:
    start = time.perf_counter()
    for number in range(200):
        descriptor = os.open(folder / f"floor-{number}", os.O_WRONLY | os.O_CREAT)
        os.write(descriptor, b"x" * 5000)
        os.fsync(descriptor)
        os.close(descriptor)
    return round((time.perf_counter() - start) / 200 * 1000, 2)


def main() -> None:
    mails = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory(dir=ROOT, prefix="bench-") as name:
        folder = Path(name)
        (folder / "lmtp").mkdir()
        (folder / "imap").mkdir()
        figures = {
            "mails": mails,
            "lmtp_to_ticket": by_lmtp(mails, folder / "lmtp"),
            "append_to_ticket": by_imap(mails, folder / "imap"),
            "floor_fsync_ms": fsync_ms(folder),
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
