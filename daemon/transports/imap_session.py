"""One logged-in connection with one folder selected: the only place that speaks IMAP.

Nothing but integers and words from the configuration ever becomes part of a command: imapclient lets CRLF in a search
text through (mjs/imapclient#657), and a customer's Message-ID must not be able to empty a mailbox. So no method here
takes text, and every UID is checked. Bodies are read by BODY.PEEK[] only, and no plain EXPUNGE exists.
"""

import imaplib
import select
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import TypeVar

from imapclient.exceptions import LoginError

from daemon.errors import Unavailable
from daemon.transports.imap_account import Auth, Disposal, ImapAccount, Security
from daemon.transports.imap_connection import Client
from daemon.transports.imap_plan import FolderState
from daemon.transports.imap_watchdog import Watchdog

TOO_LARGE_KEYWORD = "$PostroomTooLarge"
_LARGEST_UID = 2**32 - 1
_DELETED = "\\Deleted"
_USED_CAPABILITIES = ("IDLE", "MOVE", "UIDPLUS")
_Value = TypeVar("_Value")


class Trouble(StrEnum):
    """Whose fault a failed step is, as far as the next step depends on it."""

    LOST = "lost"
    SILENT = "silent"
    LOGIN = "login"
    ANSWERED_NO = "answered no"
    GARBLED = "garbled"
    TOO_LARGE = "too large"
    RENUMBERED = "renumbered"


class ImapTrouble(Unavailable):
    """A step of an IMAP session failed. `step` is our word for it, `text` the server's or the library's."""

    def __init__(self, trouble: Trouble, step: str, text: str) -> None:
        super().__init__(f"{step}: {trouble}: {text}")
        self.trouble, self.step, self.text = trouble, step, text


def checked_uids(uids: Iterable[int]) -> list[int]:
    """The same UIDs, sorted. Raises TypeError or ValueError for anything that is no UID (RFC 3501 2.3.1.1)."""
    checked = sorted(set(uids))
    for uid in checked:
        if type(uid) is not int:
            raise TypeError(f"a UID is an integer, not {type(uid).__name__}")
        if not 0 < uid <= _LARGEST_UID:
            raise ValueError(f"no UID: {uid}")
    return checked


class ImapSession:
    """Connects on construction. Raises ImapTrouble only; not thread-safe, except that the watchdog may shut it."""

    def __init__(self, account: ImapAccount, watchdog: Watchdog) -> None:
        self._account, self._watchdog = account, watchdog
        self._client: Client | None = None
        self._state = FolderState(uidvalidity=0)
        self.capabilities: frozenset[str] = frozenset()
        self._has_looked_again = False
        try:
            self._connect()
            self._login()
            self._ask_capabilities()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Drop the connection. Without LOGOUT: a server that no longer answers must not hold us up."""
        if self._client is not None:
            with suppress(OSError, ValueError):
                self._client.shutdown()
        self._watchdog.release()

    @property
    def state(self) -> FolderState:
        """The folder as it was when selected."""
        return self._state

    def select(self) -> FolderState:
        """SELECT the configured folder; a folder that may not be written to is read all the same."""
        with self._step("select"):
            try:
                answer = self._open.select_folder(self._account.folder)
            except imaplib.IMAP4.readonly:
                answer = self._open.select_folder(self._account.folder, readonly=True)
            if not answer.get(b"UIDVALIDITY"):
                # RFC 3501 6.3.1: such a server has no unique identifiers, so nothing here could be read exactly once.
                raise ImapTrouble(Trouble.GARBLED, "select", "the server gives no UIDVALIDITY")
        flags = answer.get(b"PERMANENTFLAGS", ())
        self._state = FolderState(
            uidvalidity=answer[b"UIDVALIDITY"],
            uidnext=answer.get(b"UIDNEXT", 0),
            exists=answer.get(b"EXISTS", 0),
            keywords=b"\\*" in flags or TOO_LARGE_KEYWORD.encode() in flags,
            read_only=self._open.wire.is_readonly,
        )
        return self._state

    def search(self, first: int, last: int = 0) -> list[int]:
        """UIDs in `first`..`last`; last 0 stands for `*`, and the answer then names the last message in any case."""
        self._open.wire.untagged_responses.pop("EXISTS", None)  # this search sees what was told so far
        return self._search(first, last)

    def search_unhandled(self, first: int, last: int = 0) -> list[int]:
        """Like `search`, but only those that show no sign yet of what we do with a stored mail."""
        handling = self._account.handling
        if handling.disposal is Disposal.KEYWORD:
            return self._search(first, last, "UNKEYWORD", handling.target)
        if handling.disposal is Disposal.FLAG:
            return self._search(first, last, "UNFLAGGED")
        return self._search(first, last, *(() if {"MOVE", "UIDPLUS"} & self.capabilities else ("UNDELETED",)))

    def search_too_large(self) -> list[int]:
        """UIDs that an earlier run left here for their size."""
        return self._search(1, 0, "KEYWORD", TOO_LARGE_KEYWORD) if self._state.keywords else []

    def highest_uid(self) -> int:
        """The highest UID in the folder, 0 when it is empty."""
        with self._step("search"):
            return max(self._open.search(["UID", "*"]), default=0)

    def fetch_sizes(self, uids: Iterable[int]) -> dict[int, int]:
        """RFC822.SIZE by UID; mails that vanished are missing."""
        self._has_looked_again = False
        return _only(int, self._fetch(checked_uids(uids), b"RFC822.SIZE"))

    def fetch_bodies(self, uids: Iterable[int], announced_bytes: int) -> dict[int, bytes]:
        """Raw mails by UID, without setting `\\Seen`. Vanished mails and those answered with NIL are missing.

        A server may err about sizes, so they may exceed `announced_bytes` by one largest mail; more is never read.
        """
        most_bytes = announced_bytes + self._account.max_message_bytes
        seconds = announced_bytes / self._account.slowest_bytes_per_second
        bodies = self._fetch(checked_uids(uids), b"BODY[]", most_bytes, seconds)
        return {uid: raw for uid, raw in _only(bytes, bodies).items() if raw}

    def settle(self, uids: Iterable[int]) -> None:
        """Do with stored mails what the configuration says. Trouble ANSWERED_NO leaves the session usable."""
        handling, chosen = self._account.handling, checked_uids(uids)
        if not chosen or handling.disposal is Disposal.KEEP:
            return
        if self._state.read_only:
            raise ImapTrouble(Trouble.ANSWERED_NO, "settle", "the folder is read-only")
        if handling.disposal is not Disposal.MOVE:
            self._store_flag(chosen, handling.target)
            return
        try:
            self._move(chosen, handling.target)
        except ImapTrouble as trouble:
            if trouble.trouble is not Trouble.ANSWERED_NO or not self._create(handling.target):
                raise
            self._move(chosen, handling.target)

    def mark_too_large(self, uids: Iterable[int]) -> None:
        """Set our keyword for mails left behind, where the server keeps keywords."""
        if self._state.keywords and not self._state.read_only:
            self._store_flag(checked_uids(uids), TOO_LARGE_KEYWORD)

    @property
    def can_idle(self) -> bool:
        """Whether the server tells of new mail by itself."""
        return "IDLE" in self.capabilities

    def idle(self, seconds: float) -> bool:
        """IDLE until the server says anything at all, for at most `seconds`; whether it did.

        Not at all if it has told of mail since the last `search`: Dovecot may do so in the very answer to a search that
        does not list the mail yet, and IDLE would not repeat it.
        """
        unsolicited = self._open.wire.untagged_responses
        if "EXISTS" in unsolicited and not self._has_looked_again:
            self._has_looked_again = True  # once: there are servers that repeat the number with every answer
            return True
        self._has_looked_again = False
        unsolicited.clear()  # imaplib keeps every unsolicited response for ever
        with self._step("idle"):
            self._open.idle()
        has_news = self._has_input() or self._is_readable_within(seconds)
        # Never idle_check(): it returns [] at once and for ever after the server has gone. DONE finds out.
        with self._step("idle_done"):
            self._open.idle_done()
        return has_news

    @property
    def _open(self) -> Client:
        if self._client is None:
            raise ImapTrouble(Trouble.LOST, "connect", "not connected")
        return self._client

    def _connect(self) -> None:
        account = self._account
        with self._step("connect", account.connect_seconds + account.silence_seconds):
            self._client = Client(account, self._watchdog)
            if account.security is Security.STARTTLS:
                self._client.starttls(account.tls or ssl.create_default_context())
                self._client.wire.untagged_responses.clear()  # whatever was said before TLS, anybody may have said

    def _login(self) -> None:
        try:
            self._login_once()
        except ImapTrouble as trouble:
            if trouble.trouble is not Trouble.LOGIN or self._account.renew is None:
                raise
            self._account.renew()
            self._login_once()

    def _login_once(self) -> None:
        user, secret = self._account.user, self._account.secret()
        with self._step("login"):
            if any(ord(letter) < 32 for letter in secret):
                raise LoginError("the secret holds a control character")
            if self._account.auth is Auth.XOAUTH2:
                self._open.oauth2_login(user, secret)
            elif self._open.has_capability("AUTH=PLAIN"):
                self._open.plain_login(user, secret)  # takes any UTF-8, which LOGIN does not
            elif secret.isascii() and user.isascii():
                self._open.login(_quoted(user), secret)
            else:
                raise LoginError("user or password is not ASCII, and the server offers only LOGIN")

    def _ask_capabilities(self) -> None:
        """After login: servers show most of them only then."""
        with self._step("capability"):
            self.capabilities = frozenset(filter(self._open.has_capability, _USED_CAPABILITIES))

    def _search(self, first: int, last: int, *constants: str) -> list[int]:
        span = f"{checked_uids([first])[0]}:{checked_uids([last])[0] if last else '*'}"
        with self._step("search"):
            return list(self._open.search(["UID", span, *constants]))

    def _fetch(self, uids: list[int], item: bytes, most_bytes: int = 0, more_seconds: float = 0) -> dict[int, object]:
        asked = item.replace(b"BODY[", b"BODY.PEEK[")
        with self._step("fetch", self._account.step_seconds + more_seconds, most_bytes):
            return {uid: answer.get(item) for uid, answer in self._open.fetch(uids, [asked]).items()}

    def _store_flag(self, uids: list[int], flag: str) -> None:
        with self._step("store"):
            self._open.add_flags(uids, [flag], silent=True)

    def _move(self, uids: list[int], folder: str) -> None:
        """UID MOVE, or what it stands for (RFC 6851 3.3); without UIDPLUS the mails only get `\\Deleted`."""
        with self._step("move"):
            if "MOVE" in self.capabilities:
                self._open.move(uids, folder)
                return
            self._open.copy(uids, folder)
            self._open.add_flags(uids, [_DELETED], silent=True)
            if "UIDPLUS" in self.capabilities:
                self._open.uid_expunge(uids)

    def _create(self, folder: str) -> bool:
        try:
            with self._step("create"):
                self._open.create_folder(folder)
        except ImapTrouble as trouble:
            if trouble.trouble is not Trouble.ANSWERED_NO:
                raise
            return False
        return True

    def _has_input(self) -> bool:
        """Whether something arrived together with the `+ idling`: then it lies in a buffer, where poll() is blind."""
        wire = self._open.wire
        wire.sock.settimeout(0)
        try:
            return bool(wire.buffer.peek(1))
        except ssl.SSLWantReadError:
            return False
        finally:
            wire.sock.settimeout(self._account.silence_seconds)

    def _is_readable_within(self, seconds: float) -> bool:
        poller = select.poll()
        poller.register(self._open.socket(), select.POLLIN)
        return bool(poller.poll(seconds * 1000))

    @contextmanager
    def _step(self, name: str, seconds: float | None = None, literal_bytes: int = 0) -> Iterator[None]:
        """Bound one exchange in time and size, and turn whatever goes wrong in it into an ImapTrouble."""
        if self._client is not None:
            self._client.wire.grant(literal_bytes)
        try:
            with self._watchdog.within(self._account.step_seconds if seconds is None else seconds):
                yield
        except ImapTrouble:
            raise
        except Exception as error:
            raise ImapTrouble(self._trouble_of(error), name, self._words_of(error)) from error
        self._check_renumbered(name)

    def _check_renumbered(self, step: str) -> None:
        """A server may renumber a folder under our feet and say so in passing."""
        if self._client is None or not self._state.uidvalidity:
            return
        for told in self._client.wire.untagged_responses.get("UIDVALIDITY", []):
            if told != str(self._state.uidvalidity).encode():
                raise ImapTrouble(Trouble.RENUMBERED, step, "UIDVALIDITY changed")

    def _trouble_of(self, error: Exception) -> Trouble:
        if isinstance(error, TimeoutError) or self._watchdog.has_bitten:
            return Trouble.SILENT
        if self._client is not None and self._client.wire.has_refused_literal:
            return Trouble.TOO_LARGE
        if isinstance(error, LoginError):
            return Trouble.LOGIN
        if isinstance(error, OSError | imaplib.IMAP4.abort):
            return Trouble.LOST
        # A plain NO or BAD leaves the two sides in step; a response that could not be read does not.
        if type(error) is imaplib.IMAP4.error:
            return Trouble.ANSWERED_NO
        return Trouble.GARBLED

    def _words_of(self, error: Exception) -> str:
        """The error in words, with what the server said in farewell, which the library leaves lying about."""
        farewells = self._client.wire.untagged_responses.get("BYE", []) if self._client is not None else []
        said = [word.decode("utf-8", "replace") for word in farewells if isinstance(word, bytes)]
        return "; ".join([str(error) or type(error).__name__, *said])


def _only(kind: type[_Value], answers: Mapping[int, object]) -> dict[int, _Value]:
    return {uid: value for uid, value in answers.items() if isinstance(value, kind)}


def _quoted(word: str) -> str:
    """An IMAP quoted string (RFC 3501 section 9); imaplib quotes the password, but not the user."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
