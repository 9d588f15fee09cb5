"""Takes mail in from one IMAP account: connect, read, wait for more, and start over when anything breaks.

One thread and one connection an account; what one account does to us, the others never notice. The parts: what an
admin configures (imap_account), what to ask for (imap_plan), how to ask (imap_session, on imap_connection and
imap_watchdog), what to do with the answer (imap_reader).
"""

import logging
import random
import threading
from contextlib import closing
from dataclasses import replace

from daemon.clock import Clock
from daemon.errors import PostroomError
from daemon.log import Event, log
from daemon.ports import AccountHealth, ImapLedger
from daemon.transports.backoff import backoff_seconds, suggested_seconds
from daemon.transports.imap_account import ImapAccount
from daemon.transports.imap_plan import FolderState
from daemon.transports.imap_reader import FolderReader, Outcome
from daemon.transports.imap_session import ImapSession, ImapTrouble, Trouble
from daemon.transports.imap_watchdog import Watchdog
from daemon.transports.oauth import OAuthError

__all__ = ["ImapAccount", "ImapPoller"]

# While our own store is busy the connection is kept; servers wait half an hour at least (RFC 3501 5.4).
_LONGEST_STORE_PAUSE_SECONDS = 60.0
# A colleague setting flags wakes us in vain, which is cheap; a server that ends every IDLE at once must not spin us:
# after so many in a row the account's `vain_pause_seconds` lie between two.
_VAIN_WAKES_ALLOWED = 3


class ImapPoller:
    """Reads one account for ever. `stop_event` is this poller's own; `rng` spreads the back-off."""

    def __init__(
        self,
        account: ImapAccount,
        ledger: ImapLedger,
        clock: Clock,
        stop_event: threading.Event,
        rng: random.Random,
    ) -> None:
        self._account, self._clock, self._stop_event, self._rng = account, clock, stop_event, rng
        self._watchdog = Watchdog()
        self._reader = FolderReader(account, ledger, clock, stop_event.is_set)
        self._failures = 0
        self._select_due = 0.0
        self._vain_wakes = 0  # in a row: told of something, found nothing
        self._health = AccountHealth(name=account.name)

    @property
    def name(self) -> str:
        """The account's name."""
        return self._account.name

    def run(self) -> None:
        """Until stopped. Never raises: call it as the body of a thread."""
        while not self._stop_event.is_set():
            try:
                with closing(ImapSession(self._account, self._watchdog)) as session:
                    self._serve(session)
            except Exception as error:  # the worker loop's broad catch: unknown means temporary
                if not self._stop_event.is_set():
                    self._stop_event.wait(self._failed(error))

    def stop(self) -> None:
        """End `run` from another thread: whatever it waits for wakes up at once, except for a name look-up."""
        self._stop_event.set()
        self._watchdog.stop()

    def health(self) -> AccountHealth:
        """How the account does. Safe to call from any thread."""
        return self._health

    def _serve(self, session: ImapSession) -> None:
        state = self._select(session)
        self._log(
            Event.IMAP_CONNECTED, uidvalidity=state.uidvalidity, mails=state.exists, can=sorted(session.capabilities)
        )
        self._reader.open(session)
        while not self._stop_event.is_set():
            outcome = self._reader.read(session)
            if outcome is Outcome.STORE_BUSY:
                self._pause_for_store()
                continue
            self._succeeded()
            if outcome is Outcome.CAUGHT_UP:
                self._wait(session)
            else:
                self._vain_wakes = 0

    def _select(self, session: ImapSession) -> FolderState:
        self._select_due = self._clock.monotonic() + self._account.poll_seconds
        return session.select()

    def _wait(self, session: ImapSession) -> None:
        """Until something may be new: IDLE, ended often enough to notice a dead line, or a plain poll.

        The poll is a SELECT: when a folder is deleted and made anew, Dovecot answers a session that has the old one
        open for ever as if nothing had happened (2.3.19).
        """
        has_news = False
        if self._vain_wakes > _VAIN_WAKES_ALLOWED:
            self._stop_event.wait(self._account.vain_pause_seconds)
        if session.can_idle:
            has_news = session.idle(min(self._account.poll_seconds, self._account.idle_renew_seconds))
        else:
            self._stop_event.wait(self._account.poll_seconds)
        self._vain_wakes = self._vain_wakes + 1 if has_news else 0
        if not has_news or self._clock.monotonic() >= self._select_due:
            self._select(session)

    def _pause_for_store(self) -> None:
        seconds = self._note_failure("our store takes no mail for now", 0.0)
        self._stop_event.wait(min(seconds, _LONGEST_STORE_PAUSE_SECONDS))

    def _succeeded(self) -> None:
        self._failures = 0
        self._health = AccountHealth(
            name=self._account.name, last_success=self._clock.now(), last_error=self._reader.complaint
        )

    def _failed(self, error: Exception) -> float:
        words = str(error) or type(error).__name__
        seconds = self._note_failure(words, max(suggested_seconds(words), self._least_seconds(error)))
        is_silent = isinstance(error, ImapTrouble) and error.trouble is Trouble.SILENT
        self._log(
            Event.IMAP_SILENT if is_silent else Event.IMAP_FAILED,
            level=logging.WARNING,
            exc_info=not isinstance(error, PostroomError | OSError),
            why=words,
            again_in_seconds=round(seconds, 3),
        )
        return seconds

    def _least_seconds(self, error: Exception) -> float:
        """Servers lock accounts out after a few wrong passwords; a withdrawn consent waits for a person anyway."""
        if isinstance(error, OAuthError) and error.is_permanent:
            return self._account.longest_backoff_seconds
        if isinstance(error, ImapTrouble) and error.trouble is Trouble.LOGIN:
            return min(12 * self._account.backoff_seconds, self._account.longest_backoff_seconds)
        return 0.0

    def _note_failure(self, words: str, at_least_seconds: float) -> float:
        self._failures += 1
        since = self._health.failing_since or self._clock.now()
        self._health = replace(self._health, last_error=words, failing_since=since)
        pause = backoff_seconds(
            self._failures,
            first=self._account.backoff_seconds,
            longest=self._account.longest_backoff_seconds,
            rng=self._rng,
        )
        return max(pause, at_least_seconds)

    def _log(self, event: Event, *, level: int = logging.INFO, exc_info: bool = False, **fields: object) -> None:
        place = {"account": self._account.name, "folder": self._account.folder}
        log(event, level=level, exc_info=exc_info, **place, **fields)
