"""A disk that is full or broken: no false promise, no refusal, and work goes on when the disk does."""

import smtplib
from pathlib import Path

import pytest
import strace
from running import DESK, Daemon, mail
from servers import needs

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]
MAILS = 4


@pytest.fixture
def desk(tmp_path: Path) -> Daemon:
    needs(strace.missing())
    desk = Daemon(tmp_path)
    desk.start()
    return desk


def offer(desk: Daemon, number: int) -> str:
    """Send one mail and return the desk's answer, "" for none."""
    try:
        with smtplib.SMTP("127.0.0.1", desk.smtp, timeout=20) as client:
            client.sendmail(f"c{number}@customer.example", [DESK], mail(number))
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _),) = error.recipients.values()
        return str(code)
    except smtplib.SMTPResponseException as error:
        return str(error.smtp_code)
    except (OSError, smtplib.SMTPException):
        return ""
    return "250"


def subjects(desk: Daemon) -> list[str]:
    return [row["subject"] for row in desk.command("tickets", "list", "--most", "1000")]


def assert_kept(desk: Daemon, answers: dict[int, str]) -> None:
    """Everything that got its 250 is a ticket, once, and nothing was refused for good."""
    desk.wait(desk.settled, 60)
    found, promised = subjects(desk), [f"Question {n}" for n, answer in answers.items() if answer == "250"]
    assert not [answer for answer in answers.values() if answer.startswith("5")]
    assert not set(promised) - set(found)
    assert len(found) == len(set(found))
    assert desk.command("verify", "--read")["ok"]


FAULTS = [("ENOSPC", 1), ("ENOSPC", 3), ("EIO", 1), ("EIO", 3)]


@pytest.mark.parametrize("calls", ["write", "pwrite64", "fsync", "rename,renameat,renameat2", "openat"])
def test_a_disk_that_is_full_or_fails_costs_time_and_no_mail(desk: Daemon, calls: str) -> None:
    assert desk.process is not None
    answers: dict[int, str] = {}
    for start, (error, every) in enumerate(FAULTS):
        with strace.Strace(desk.process.pid, strace.failing(calls, error, every)):
            answers |= {number: offer(desk, number) for number in range(MAILS * start, MAILS * (start + 1))}
    assert offer(desk, 1000) == "250"
    assert_kept(desk, answers)
    assert desk.stop() == 0


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
def test_a_database_that_cannot_be_synced_ends_the_daemon_for_a_supervisor_to_restart(desk: Daemon, error: str) -> None:
    assert desk.process is not None
    with strace.Strace(desk.process.pid, strace.failing("fdatasync", error, 1)):
        answers = {number: offer(desk, number) for number in range(MAILS)}
        assert desk.end() == 1
    assert "250" not in answers.values()
    assert "failed to sync" in (desk.folder / "stderr").read_text()
    desk.start()  # what a supervisor does
    assert offer(desk, 1000) == "250"
    assert_kept(desk, answers)
    assert desk.stop() == 0
