"""Two mail clients that people use in a terminal, driven as a person would: read the newest mail, answer it, leave.

Both read by IMAP and send by SMTP; each has a folder of its own for its settings and sees nothing of the machine's.
"""

import os
import pty
import select
import shutil
import subprocess
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from dovecot import PASSWORD, USER

from daemon.clock import SystemClock

_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Client(ABC):
    """Where it reads and where it sends. `folder` is for its settings."""

    folder: Path
    imap_port: int
    smtp_port: int
    program: ClassVar[str] = ""

    @abstractmethod
    def answer(self, text: str) -> None:
        """Answer the newest mail, with the text above what the client quotes."""

    @classmethod
    def missing(cls) -> str:
        """What keeps us from running it, "" if nothing does."""
        return "" if shutil.which(cls.program) else f"{cls.program} is not installed (apt-get install {cls.program})"

    def environment(self) -> dict[str, str]:
        """Nobody's settings but its own."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TERM": "xterm", "LC_ALL": "C.UTF-8"}

    def write(self, name: str, text: str) -> Path:
        """A settings file."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


class Mutt(Client):
    """mutt needs a terminal: it gets one of its own, and the keys a person would press."""

    __slots__ = ()
    program = "mutt"

    def answer(self, text: str) -> None:
        """Answer the newest mail with the text above what mutt quotes."""
        own = self.write("own.txt", text + "\n\n")
        editor = self.write("editor", f'#!/bin/sh\ncat {own} "$1" > "$1.new" && mv "$1.new" "$1"\n')
        editor.chmod(0o700)
        settings = self.write(
            "muttrc",
            f'set spoolfile="imap://127.0.0.1:{self.imap_port}/INBOX" imap_user="{USER}" imap_pass="{PASSWORD}"\n'
            f'set smtp_url="smtp://127.0.0.1:{self.smtp_port}/" from="{USER}" realname="Ada Agent" use_from=yes\n'
            f'set ssl_starttls=no ssl_force_tls=no editor="{editor}" include=yes fast_reply=yes autoedit=yes\n'
            "set copy=no reply_to=yes abort_unmodified=no beep=no confirmappend=no move=no mark_old=no\n"
            f'set hostname=agents.test tmpdir="{self.folder}" folder="{self.folder}"\n'
            'push "<last-entry><reply><send-message><quit>"\n',
        )
        self._in_terminal(["mutt", "-n", "-F", str(settings)])

    def _in_terminal(self, command: list[str]) -> None:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=self.environment(), start_new_session=True
        )
        os.close(theirs)
        screen, until = b"", SystemClock().monotonic() + _SECONDS
        while process.poll() is None and SystemClock().monotonic() < until:
            if select.select([ours], [], [], 0.2)[0]:
                with suppress(OSError):  # the terminal is gone when mutt is
                    screen += os.read(ours, 65536)
        os.close(ours)
        if process.poll() is None:
            process.kill()
        assert process.wait() == 0, screen.decode("utf-8", "replace")[-2000:]


class SNail(Client):
    """s-nail takes its commands from standard input."""

    __slots__ = ()
    program = "s-nail"

    def answer(self, text: str) -> None:
        """Answer the newest mail, quoting it below as `set quote` does, with the text above."""
        settings = self.write(
            "mailrc",
            "set v15-compat noheader nosave batch-exit-on-error\n"
            f"set mta=smtp://127.0.0.1:{self.smtp_port} smtp-auth=none smtp-hostname=agents.test\n"
            f'set from="Ada Agent <{USER}>" indentprefix="> " sendwait\n'
            f"set user-127.0.0.1:{self.imap_port}={USER} password-127.0.0.1:{self.imap_port}={PASSWORD}\n",
        )
        account = f"imap://{USER.replace('@', '%40')}:{PASSWORD}@127.0.0.1:{self.imap_port}/INBOX"
        script = f"File {account}\nreply $\n{text}\n\n~m $\n~.\nexit\n"
        result = subprocess.run(
            ["s-nail", "-n", "-#", "-~", "-S", "expandaddr", "-X", f"source {settings}"],
            input=script,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            env=self.environment(),
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr
