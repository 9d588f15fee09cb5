"""Every error that is meant for somebody.

    PostroomError
    ├── ConfigError      the admin: options, with file, line and remedy, all problems at once
    ├── Refused          a peer: permanently, carries the SMTP reply
    ├── Deferred         a peer: try again later, carries the SMTP reply
    └── Unavailable      ourselves: a server or disk that is away; retry, nothing is lost

Anything else that is raised is a bug, and unknown means temporary (451, or a retry).
"""

from dataclasses import dataclass


class PostroomError(Exception):
    """Base of all errors that carry a message for a person or a peer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in something an admin wrote. `line` is 1-based, 0 when unknown; `remedy` says what to type."""

    file: str
    message: str
    line: int = 0
    key: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f" {self.key}:" if self.key else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{place}:{key} {self.message}{remedy}"


class ConfigError(PostroomError):
    """The configuration cannot be used; `problems` holds every fault found, not just the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class SmtpReply(PostroomError):
    """An answer to an SMTP or LMTP peer: reply code, enhanced status code (RFC 3463) and a fixed sentence."""

    def __init__(self, code: int, status: str, text: str) -> None:
        super().__init__(f"{code} {status} {text}")
        self.code, self.status, self.text = code, status, text


class Refused(SmtpReply):
    """Permanent: 5xx. Never for a fault of our own."""


class Deferred(SmtpReply):
    """Temporary: 4xx. The peer keeps the mail and tries again."""


class Unavailable(PostroomError):
    """Something we need is away for now (disk full, database locked, server silent)."""
