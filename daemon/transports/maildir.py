"""Mail out into a Maildir: for trying Postroom without a server, and for tests. Nothing leaves the machine.

The file name is made from the outbox id and the bytes, so that delivering the same mail again after a crash
replaces the file instead of adding one (https://cr.yp.to/proto/maildir.html).
"""

import hashlib
import os
import re
from pathlib import Path

from daemon.durable_files import sync_folder, write_synced
from daemon.ports import OutgoingMail, SendResult, SendState

_NOT_IN_AN_ENVELOPE = re.compile(r"[\x00-\x20\x7f<>]|[\ud800-\udfff]")


class MaildirCarrier:
    """A Carrier that writes to `path`, which it makes when it is not there. `hostname` ends the file names."""

    def __init__(self, path: Path, hostname: str = "localhost") -> None:
        self._path = path
        self._hostname = hostname.replace("/", r"\057").replace(":", r"\072")

    def send(self, mail: OutgoingMail) -> SendResult:
        """Store one mail durably, headed by its envelope as a delivery agent would (RFC 5321 4.4).

        FAILED for an address that cannot stand in a header line, DEFERRED when the disk does not take it.
        """
        if not mail.recipient or _NOT_IN_AN_ENVELOPE.search(mail.sender + mail.recipient):
            return SendResult(state=SendState.FAILED, stage="local", status="5.1.3", text="malformed address")
        try:
            self._deliver(self._file_name(mail), _with_envelope(mail))
        except OSError as error:
            return SendResult(state=SendState.DEFERRED, stage="maildir", status="4.3.0", text=str(error))
        return SendResult(state=SendState.SENT, stage="maildir", status="2.0.0")

    def close(self) -> None:
        """Nothing is kept open."""

    def _file_name(self, mail: OutgoingMail) -> str:
        """The digest keeps the mails of a new database, whose ids start again, apart from those of the old."""
        return f"{mail.outbox_id}.{hashlib.sha256(mail.raw).hexdigest()[:20]}.{self._hostname}"

    def _deliver(self, name: str, content: bytes) -> None:
        for folder in ("tmp", "new", "cur"):
            (self._path / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._was_read(name):
            return
        write_synced(self._path / "tmp" / name, content, os.O_TRUNC | os.O_NOFOLLOW)
        os.replace(self._path / "tmp" / name, self._path / "new" / name)
        sync_folder(self._path / "new")

    def _was_read(self, name: str) -> bool:
        """A mail reader moves files to cur/ and adds flags after a colon."""
        return any(entry.partition(":")[0] == name for entry in os.listdir(self._path / "cur"))


def _with_envelope(mail: OutgoingMail) -> bytes:
    return f"Return-Path: <{mail.sender}>\r\nDelivered-To: {mail.recipient}\r\n".encode() + mail.raw
