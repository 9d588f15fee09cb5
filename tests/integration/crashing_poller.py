"""An IMAP poller in a process of its own that dies without warning once it has stored so many mails."""

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

from daemon.clock import SystemClock
from daemon.ports import RawMail, Receipt
from daemon.transports.imap import ImapPoller
from tests.fakes.imap_desk import account
from tests.fakes.ledger import FileLedger
from tests.integration.dovecot import PASSWORD, USER

KILLED = 9
_ROOT = Path(__file__).parents[2]


class FatalLedger(FileLedger):
    """Ends the process right after mail number `last` is stored: before the server can be told."""

    last = 0

    def accept(self, mail: RawMail) -> Receipt:
        receipt = super().accept(mail)
        self.last -= 1
        if not self.last:
            os._exit(KILLED)
        return receipt


def read_until_killed(port: int, path: Path, mails: int) -> int:
    """Run such a process to its end; returns its exit code."""
    command = [sys.executable, "-m", "tests.integration.crashing_poller", str(port), str(path), str(mails)]
    return subprocess.run(command, cwd=_ROOT, timeout=30, check=False).returncode


def main(port: str, path: str, mails: str) -> None:
    ledger = FatalLedger(Path(path))
    ledger.last = int(mails)
    wanted = account(int(port), user=USER, secret=lambda: PASSWORD, handled="move:Done", batch=6)
    ImapPoller(wanted, ledger, SystemClock(), threading.Event(), random.Random(1)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
