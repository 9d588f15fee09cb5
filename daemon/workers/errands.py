"""Errands carried out: webhooks called until they are taken, command lines run once and their output noted.

A delivery is signed as `t=UNIX-TIME,v1=HEX`: HMAC-SHA256 with the webhook's secret over `UNIX-TIME.BODY`. The receiver
checks the time, so that nobody plays an old delivery again, and knows a repeated one by its `Postroom-Delivery`.
"""

import hashlib
import hmac
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from daemon.clock import Clock
from daemon.errors import ConfigError
from daemon.log import Event, log
from daemon.store import errands, outbox, tickets
from daemon.store.engine import Connection
from daemon.store.errands import WEBHOOK, Errand, ErrandState
from daemon.store.store import Store
from daemon.transports.processes import Ran
from daemon.transports.webhooks import Answer
from daemon.workers.claims import Claims
from daemon.workers.insisting import insist
from daemon.workers.pulse import Pulse
from parsers.mail import ParsedMail
from rules.actions import AddMessage, Decision, MessageKind, Outcome, Trace

PATIENCE = timedelta(days=2)
_MINUTES = (1, 2, 5, 15, 30, 60)
_IDLE_SECONDS = 2.0
_GONE = 410
_PLACE = re.compile(r"\{([a-z_]{1,30})\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A program to be told. `secret` reads what signs; it may raise ConfigError."""

    url: str
    secret: Callable[[], str]
    timeout_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """A command line that may be run, with {NAME} where an argument goes."""

    parts: tuple[str, ...]
    timeout_seconds: float
    most_bytes: int

    def filled(self, arguments: Mapping[str, str]) -> list[str]:
        """The line for these arguments: each part is filled once, and stays one part."""
        return [_PLACE.sub(lambda place: arguments.get(place[1], place[0]), part) for part in self.parts]


Post = Callable[[str, bytes, Mapping[str, str], float], Answer]
Run = Callable[..., Ran]


class Errands:
    """One thread that carries errands out, one after another."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        webhooks: Mapping[str, Webhook],
        commands: Mapping[str, CommandLine],
        *,
        post: Post,
        run: Run,
        commands_an_hour: int,
        admins: Sequence[str] = (),
        dice: Callable[[], float] = random.random,
    ) -> None:
        """`post` and `run` are the ways out; tests give their own. `admins` are told of webhooks given up.

        `dice` makes the instants of claims unlike those of other nodes.
        """
        self._store, self._clock, self._admins = store, clock, admins
        self._webhooks, self._commands, self._commands_an_hour = webhooks, commands, commands_an_hour
        self._post, self._run_process = post, run
        self._pulse = Pulse(_IDLE_SECONDS, Event.ERRAND_FAILED)
        self._claims = Claims(store, clock, errands.CLAIM, dice)

    def wake(self) -> None:
        """There may be something to do; callable from any thread."""
        self._pulse.wake()

    def stop(self) -> None:
        """End after the errand at hand."""
        self._pulse.stop()

    def run(self) -> None:
        """Work until stopped. Never raises: trouble is logged and met again later."""
        self._pulse.beat(self.step)

    def step(self) -> bool:
        """Make what is due, one at a time. False when nothing was."""
        found = self._claims.take(partial(errands.claim, most=1))
        for errand in found:
            self._make(errand)
        return bool(found)

    def _insist(self, unit: Callable[[Connection], None]) -> None:
        insist(self._store, unit, self._pulse)

    def _make(self, errand: Errand) -> None:
        if errand.kind == WEBHOOK:
            self._call(errand)
        else:
            self._execute(errand)

    def _call(self, errand: Errand) -> None:
        webhook, now = self._webhooks.get(errand.name), self._clock.now()
        if webhook is None:
            self._over(errand, ErrandState.FAILED, "the configuration names no such webhook any more")
            return
        body = _body(errand)
        try:
            headers = _headers(errand, body, webhook.secret(), now)
        except ConfigError as error:
            self._again(errand, str(error.problems[0]))
            return
        answer = self._post(webhook.url, body, headers, webhook.timeout_seconds)
        said = f"{answer.code or 'no answer'}: {answer.text}" if answer.text else str(answer.code)
        if answer.is_taken:
            self._over(errand, ErrandState.DONE, said)
        elif answer.code == _GONE:
            self._over(errand, ErrandState.FAILED, said)
        else:
            self._again(errand, said)

    def _again(self, errand: Errand, said: str) -> None:
        now = self._clock.now()
        if now - errand.created_at >= PATIENCE:
            self._over(errand, ErrandState.FAILED, f"given up: {said}")
            return
        minutes = _MINUTES[min(errand.attempts, len(_MINUTES)) - 1]
        until = now + timedelta(minutes=minutes)
        self._insist(lambda connection: errands.postpone(connection, errand, until, said[:500], now))
        log(Event.ERRAND_POSTPONED, errand=errand.id, name=errand.name, attempts=errand.attempts, said=said)

    def _over(self, errand: Errand, state: ErrandState, said: str) -> None:
        now = self._clock.now()

        def unit(connection: Connection) -> None:
            is_news = errands.end(connection, errand, state, said[:500], now)
            if is_news and state is ErrandState.FAILED:
                outbox.tell_admins(connection, self._admins, f"webhook {errand.name}", _given_up(errand, said), now)

        self._insist(unit)
        log(Event.ERRAND_ENDED, errand=errand.id, kind=errand.kind, name=errand.name, state=state, said=said)

    def _execute(self, errand: Errand) -> None:
        """Once: what a crash cut off may have done its work."""
        now = self._clock.now()
        line, arguments = self._commands.get(errand.name), errand.content["arguments"]
        if line is None:
            self._note(errand, Ran(code=None, output="", why="not run: the configuration names no such command"))
        elif errand.attempts > 1:
            self._note(errand, Ran(code=None, output="", why="cut off by a restart, not run again"))
        elif self._is_enough(now):
            self._note(errand, Ran(code=None, output="", why="not run: enough commands for this hour"))
        else:
            ran = self._run_process(
                line.filled(arguments), timeout_seconds=line.timeout_seconds, most_bytes=line.most_bytes
            )
            self._note(errand, ran)

    def _is_enough(self, now: datetime) -> bool:
        with self._store.reading() as connection:
            return errands.commands_since(connection, now - timedelta(hours=1)) > self._commands_an_hour

    def _note(self, errand: Errand, ran: Ran) -> None:
        """The output and the end of the errand, in one transaction."""
        now = self._clock.now()
        state = ErrandState.FAILED if ran.code is None else ErrandState.DONE
        said = ran.why or f"exit code {ran.code}"

        def unit(connection: Connection) -> None:
            if not errands.end(connection, errand, state, said, now):
                return
            ticket = tickets.merged(connection, [errand.ticket_id]).get(errand.ticket_id, errand.ticket_id)
            note = _noted(errand, ticket, ran, said)
            decision = Decision(outcome=Outcome.ENTRY, actions=(note,), trace=Trace(), ticket=ticket)
            tickets.apply(connection, decision, ParsedMail(), None, now)

        self._insist(unit)
        log(Event.ERRAND_ENDED, errand=errand.id, kind=errand.kind, name=errand.name, state=state, said=said)


def _noted(errand: Errand, ticket: int, ran: Ran, said: str) -> AddMessage:
    arguments = " ".join(f"{name}={value}" for name, value in errand.content["arguments"].items())
    text = f"{errand.name} {arguments}".strip() + f" ({said})\n\n{ran.output}".rstrip()
    why = f"rule {errand.rule}"
    return AddMessage(ticket=ticket, kind=MessageKind.NOTE, public=False, text=text, author=why, by_mail=False, why=why)


def _body(errand: Errand) -> bytes:
    """The same for every attempt."""
    content = {"delivery": errand.delivery} | errand.content
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def _headers(errand: Errand, body: bytes, secret: str, now: datetime) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Postroom",
        "Postroom-Delivery": errand.delivery,
        "Postroom-Signature": signature(secret, body, now),
    }


def signature(secret: str, body: bytes, now: datetime) -> str:
    """What stands in the header `Postroom-Signature`."""
    at = str(int(now.timestamp()))
    digest = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def _given_up(errand: Errand, said: str) -> dict[str, object]:
    return {
        "title": f"the webhook {errand.name} does not take what it is sent",
        "lines": [f"errand {errand.id} of rule {errand.rule}: {said}"],
        "remedy": f"See `postroom errands list --state failed`, then `postroom errands retry {errand.id}`. You are "
        "told once a day.",
    }
