"""A desk in hand that also ticks: time passes, timers fire, customers and agents answer."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from desks import CUSTOMER, DESK, DeskInHand, mail, quote

from daemon.workers.ticking import Ticking
from parsers.mail import ParsedMail

ADA = "ada@desk.example"
BEN = "ben@desk.example"


@dataclass(slots=True)
class TickingDesk(DeskInHand):
    """`wait` lets time pass in steps of a tick, doing all there is to do after each."""

    ticking: Ticking = field(init=False)
    serial: int = 0

    def __post_init__(self) -> None:
        DeskInHand.__post_init__(self)
        self.ticking = Ticking(self.store, lambda: self.policy, self.clock, breaker_limit=self.breaker_limit)

    def wait(self, days: float = 0, hours: float = 0, minutes: float = 0, step_minutes: float = 60) -> None:
        """Let time pass."""
        left, step = timedelta(days=days, hours=hours, minutes=minutes), timedelta(minutes=step_minutes)
        while left > timedelta():
            self.clock.advance(min(step, left))
            left -= step
            self.tick()

    def wait_until(self, moment: datetime, step_minutes: float = 60) -> None:
        """Let time pass until then."""
        self.wait(hours=(moment - self.clock.now()).total_seconds() / 3600, step_minutes=step_minutes)

    def tick(self) -> None:
        self.ticking.tick()
        self.work()

    def customer_writes(
        self, body: str = "Hello,\nthe printer is broken.\n", *, answers: str = "", **more: Any
    ) -> None:
        """A new mail, or with `answers` a reply to that Message-ID."""
        self.serial += 1
        thread = f"In-Reply-To: {answers}\n" if answers else ""
        raw = mail(body, message_id=f"<c{self.serial}@customer.example>", extra=thread, **more)
        self.take(raw.replace(b"Sun, 22 Nov 2026 09:59:00 +0000", _date(self.clock.now())))
        self.work()

    def agent_answers(self, body: str = "Please send the number of the printer.\n", notice: int = -1) -> None:
        """Ada answers a notice she was sent."""
        self.serial += 1
        last = self.sent_to(ADA)[notice]
        to = last.reply_to[0].address
        raw = mail(
            body + quote(last),
            sender=f"Ada <{ADA}>",
            to=to,
            subject=f"Re: {last.subject}",
            message_id=f"<a{self.serial}@desk.example>",
        )
        self.take(raw.replace(b"Sun, 22 Nov 2026 09:59:00 +0000", _date(self.clock.now())), sender=ADA, recipient=to)
        self.work()

    def subjects_to(self, recipient: str) -> list[str]:
        return [each.subject for each in self.sent_to(recipient)]

    def last_to(self, recipient: str = CUSTOMER) -> ParsedMail:
        return self.sent_to(recipient)[-1]

    def timer_events(self, number: int = 1001) -> list[tuple[str, str]]:
        return [
            (each["data"]["timer"], each["at"])
            for each in self.ticket(number)["events"]
            if each["kind"] == "timer_fired"
        ]


def _date(moment: datetime) -> bytes:
    return moment.strftime("%a, %d %b %Y %H:%M:%S +0000").encode()


__all__ = ["ADA", "BEN", "CUSTOMER", "DESK", "TickingDesk"]
