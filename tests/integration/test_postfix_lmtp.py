"""Mail from a real Postfix over LMTP: every recipient once, none lost, none in doubt."""

import asyncio
import os
import re
import smtplib
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest
from postfix import Postfix

from daemon.clock import SystemClock
from daemon.errors import Refused
from daemon.ports import RawMail, Receipt
from daemon.transports.listener import Listener, ListenerOptions

pytestmark = pytest.mark.integration

MAILS = 200
IN_DOUBT = "may be sent more than once"
Deliveries = Counter[tuple[int, str]]


class CountingIntake:
    """Counts which mail came for whom; fails at every `fail_every`th call."""

    def __init__(self, fail_every: int = 0) -> None:
        self.deliveries: Deliveries = Counter()
        self._calls, self._fail_every, self._lock = 0, fail_every, threading.Lock()

    def accept(self, mail: RawMail) -> Receipt:
        number = int(re.search(rb"^Subject: mail (\d+)\r$", mail.raw, re.MULTILINE)[1])
        with self._lock:
            self._calls += 1
            if self._fail_every and self._calls % self._fail_every == 0:
                raise OSError("disk full")
            self.deliveries.update((number, recipient) for recipient in mail.recipients)
            return Receipt(inbound_id=self._calls)


class Desk:
    """Takes everybody but nobody@us."""

    def check_sender(self, sender: str, peer: str) -> None:
        return

    def check_recipient(self, recipient: str) -> None:
        if recipient == "nobody@us":
            raise Refused(550, "5.7.1", "No such mailbox here")


@pytest.fixture(autouse=True, scope="module")
def _postfix_is_there() -> None:
    reason = Postfix.missing()
    if reason and os.environ.get("POSTROOM_REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@asynccontextmanager
async def postfix_before(intake: CountingIntake) -> AsyncIterator[Postfix]:
    """A Postfix that hands over to a listener with this intake."""
    options = ListenerOptions(
        name="mta",
        protocol="lmtp",
        host="127.0.0.1",
        port=0,
        hostname="desk.us",
        trusted_peers=frozenset({"127.0.0.1"}),
    )
    with ThreadPoolExecutor(8) as executor:
        listener = Listener(options, intake, Desk(), executor, SystemClock())
        await listener.start()
        postfix = Postfix({"us": listener.address[1]})
        try:
            await asyncio.to_thread(postfix.start)
            yield postfix
        finally:
            await asyncio.to_thread(postfix.stop)
            await listener.stop(1)


def recipients_of(number: int) -> list[str]:
    """One to five of them."""
    return [f"team{(number + offset) % 7}@us" for offset in range(number % 5 + 1)]


def send_all(port: int, extra: tuple[str, ...] = ()) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(MAILS):
            body = "A line.\r\n.A dot.\r\n" * (number % 20)
            mail = f"From: ann@customer.test\r\nSubject: mail {number}\r\n\r\n{body}"
            assert client.sendmail("ann@customer.test", [*recipients_of(number), *extra], mail) == {}


async def wait_until_delivered(postfix: Postfix, seconds: float = 60) -> None:
    """Until its queues are empty."""
    deadline = time.monotonic() + seconds
    while await asyncio.to_thread(lambda: postfix.queued):
        assert time.monotonic() < deadline, postfix.log
        await asyncio.sleep(0.05)


def expected() -> Deliveries:
    return Counter((number, recipient) for number in range(MAILS) for recipient in recipients_of(number))


async def test_two_hundred_mails_arrive_once_for_every_recipient():
    intake = CountingIntake()
    async with postfix_before(intake) as postfix:
        await asyncio.to_thread(send_all, postfix.port)
        await wait_until_delivered(postfix)
        log = postfix.log
    assert intake.deliveries == expected()
    assert IN_DOUBT not in log
    assert log.count("status=sent") == expected().total()


async def test_a_refused_recipient_costs_the_others_nothing():
    intake = CountingIntake()
    async with postfix_before(intake) as postfix:
        await asyncio.to_thread(send_all, postfix.port, ("nobody@us",))
        await wait_until_delivered(postfix)
        log = postfix.log
    assert intake.deliveries == expected()
    assert IN_DOUBT not in log
    assert len(re.findall(r"to=<nobody@us>.* dsn=5\.7\.1, status=bounced", log)) == MAILS


async def test_trouble_of_ours_delays_mail_and_neither_loses_nor_doubles_it():
    intake = CountingIntake(fail_every=10)
    async with postfix_before(intake) as postfix:
        await asyncio.to_thread(send_all, postfix.port)
        await wait_until_delivered(postfix)
        log = postfix.log
    assert intake.deliveries == expected()
    assert IN_DOUBT not in log
    assert "dsn=4.3.0, status=deferred" in log
