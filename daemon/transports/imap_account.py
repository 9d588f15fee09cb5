"""What an admin configures for one IMAP mailbox, checked once, so that no unchecked word reaches a command."""

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_KEYWORD = re.compile(r"[A-Za-z0-9$_.-]{1,64}")  # a subset of the flag-keyword atom, RFC 3501 section 9
MEBIBYTE = 1024 * 1024


class Security(StrEnum):
    """How the connection is protected: TLS from the first byte, STARTTLS before login, or nothing at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class Auth(StrEnum):
    """Login by password (SASL PLAIN where offered, else LOGIN) or by OAuth 2 access token (XOAUTH2)."""

    LOGIN = "login"
    XOAUTH2 = "xoauth2"


class Start(StrEnum):
    """What the very first reading of a folder takes in."""

    FROM_NOW = "from-now"
    EVERYTHING = "everything"


class Disposal(StrEnum):
    """What becomes of a mail in its folder once it is stored."""

    MOVE = "move"
    KEYWORD = "keyword"
    FLAG = "flag"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """A disposal and its target: a folder for MOVE, a keyword for KEYWORD, `\\Flagged` for FLAG."""

    disposal: Disposal
    target: str = ""


def parse_handling(text: str) -> Handling:
    """Read `move:FOLDER`, `keyword:NAME`, `flag` or `keep`. Raises ValueError with words for the admin."""
    word, _, target = text.partition(":")
    if text == Disposal.KEEP:
        return Handling(disposal=Disposal.KEEP)
    if text == Disposal.FLAG:
        return Handling(disposal=Disposal.FLAG, target="\\Flagged")
    if word == Disposal.MOVE and target and not _CONTROL.search(target):
        return Handling(disposal=Disposal.MOVE, target=target)
    if word == Disposal.KEYWORD and _KEYWORD.fullmatch(target):
        return Handling(disposal=Disposal.KEYWORD, target=target)
    raise ValueError(f'handled: got "{text}", expected move:FOLDER, keyword:$NAME, flag or keep')


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapAccount:
    """One folder of one IMAP account. Raises ValueError for words that could not be sent safely.

    `secret` returns the password or access token at each login, so that neither is kept in memory; `renew`, if given,
    is called once when the server refuses it, so that the next `secret()` is a fresh one. `recipient` is our mailbox
    address.
    """

    name: str
    host: str
    port: int
    user: str
    secret: Callable[[], str]
    recipient: str
    security: Security = Security.TLS
    auth: Auth = Auth.LOGIN
    renew: Callable[[], None] | None = None
    tls: ssl.SSLContext | None = None  # None: the system's authorities, host name checked
    folder: str = "INBOX"
    handled: str = "keyword:$Postroom"
    start: Start = Start.FROM_NOW
    poll_seconds: float = 60
    idle_renew_seconds: float = 540  # NAT boxes forget after 5 to 15 minutes, servers may after 30 (RFC 2177)
    vain_pause_seconds: float = 1
    relist_seconds: float = 600
    relist_uids: int = 1000
    connect_seconds: float = 30
    silence_seconds: float = 60
    step_seconds: float = 180  # the longest one command may take in all, however lively the connection drips
    slowest_bytes_per_second: int = 16 * 1024  # what a body may take on top of that
    max_message_bytes: int = 35 * MEBIBYTE
    batch: int = 100
    batch_bytes: int = 50 * MEBIBYTE
    backoff_seconds: float = 5
    longest_backoff_seconds: float = 900

    def __post_init__(self) -> None:
        parse_handling(self.handled)
        for key in ("host", "user", "folder"):
            value = getattr(self, key)
            if not value or _CONTROL.search(value):
                raise ValueError(f"{key}: empty, or holds a control character")

    @property
    def handling(self) -> Handling:
        """`handled`, parsed."""
        return parse_handling(self.handled)
