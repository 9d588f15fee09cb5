"""A private Postfix for tests: own configuration, queue, log and ports; the machine's own instance is not touched."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
error     unix - - n - - error
discard   unix - - n - - discard
retry     unix - - n - - error
smtp      unix - - n - - smtp
lmtp      unix - - n - - lmtp
scache    unix - - n - 1 scache
anvil     unix - - n - 1 anvil
proxymap  unix - - n - - proxymap
showq     unix n - n - - showq
flush     unix n - n 1000? 0 flush
postlog   unix-dgram n - n - 1 postlogd
"""
_START_SECONDS = 15


class Postfix:
    """Takes mail by SMTP on `port` and hands everything for a domain in `routes` over by LMTP to a port of ours.

    Needs root, as Postfix does. Lives in a temporary folder of its own from `start` to `stop`: those of pytest are
    closed to the user postfix.
    """

    def __init__(self, routes: Mapping[str, int]) -> None:
        self._routes = routes
        self._folder = Path(tempfile.mkdtemp(prefix="postroom-postfix-"))
        self._folder.chmod(0o711)
        self._log = self._folder / "mail.log"
        self.port = _find_port()

    @staticmethod
    def missing() -> str:
        """What keeps us from running one, "" if nothing does."""
        if shutil.which("postfix", path="/usr/sbin:/usr/bin") is None:
            return "Postfix is not installed (apt-get install postfix)"
        return "Postfix has to be started by root" if os.geteuid() else ""

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self._log.read_text() if self._log.exists() else ""

    @property
    def queued(self) -> list[str]:
        """Mails it still has, in any of its queues."""
        queues = (self._folder / "queue" / name for name in ("incoming", "active", "deferred", "maildrop"))
        return [path.name for queue in queues for path in queue.rglob("*") if path.is_file()]

    def start(self) -> None:
        """Returns when it answers. Raises RuntimeError with its log when it does not."""
        self._write_config()
        result = self._run("start")
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(self.port):
            if result.returncode or time.monotonic() > deadline:
                raise RuntimeError(f"Postfix does not start: {result.stdout}{result.stderr}\n{self.log}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends all its processes and removes its folder, log and all."""
        pid_file = self._folder / "queue" / "pid" / "master.pid"
        pid = int(pid_file.read_text()) if pid_file.exists() else 0
        self._run("stop")
        with suppress(ProcessLookupError):
            if pid:
                os.killpg(pid, signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/usr/sbin/postfix", "-c", str(self._folder / "etc"), command],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def _write_config(self) -> None:
        for name in ("etc", "queue", "data"):
            (self._folder / name).mkdir(parents=True)
        shutil.chown(self._folder / "data", "postfix")
        (self._folder / "etc" / "master.cf").write_text(_MASTER_CF.format(port=self.port))
        options = "".join(f"{name} = {value}\n" for name, value in self._options().items())
        (self._folder / "etc" / "main.cf").write_text(options)

    def _options(self) -> dict[str, object]:
        return {
            "compatibility_level": "3.6",
            "queue_directory": self._folder / "queue",
            "data_directory": self._folder / "data",
            "maillog_file": self._log,
            "maillog_file_prefixes": self._folder,
            "myhostname": "mta.test",
            "mydestination": "",
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "mynetworks": "127.0.0.0/8",
            "alias_maps": "",
            "alias_database": "",
            "relay_domains": " ".join(self._routes),
            "transport_maps": "inline:{" + ", ".join(map(_route, self._routes.items())) + "}",
            "default_transport": "discard",  # bounces to senders who do not exist
            "smtpd_relay_restrictions": "permit_mynetworks, reject",
            "smtpd_peername_lookup": "no",
            "smtpd_client_connection_count_limit": "0",
            "minimal_backoff_time": "1s",
            "maximal_backoff_time": "2s",
            "queue_run_delay": "1s",
            "lmtp_destination_concurrency_limit": "10",
        }


def _route(route: tuple[str, int]) -> str:
    return "{{{}=lmtp:inet:127.0.0.1:{}}}".format(*route)


def _find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            return connection.recv(4).startswith(b"220")
    except OSError:
        return False
