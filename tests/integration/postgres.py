"""A private PostgreSQL for tests: own data folder, log and port on loopback; started by root it runs as nobody."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import psycopg

_NEWEST_FIRST = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: -float(each.parent.name))
_USER = "desk"
# A promise kept by fsync is not what these tests are about, except where they say so with `durable`.
_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class Postgres:
    """One server. Use as a context manager; `database` makes a fresh database and returns its SQLAlchemy URL."""

    def __init__(self, *, durable: bool = False) -> None:
        """`durable` keeps fsync on, so that an immediate restart may lose nothing that was committed."""
        self.port = _free_port()
        self._options = f"-c port={self.port} -c listen_addresses=127.0.0.1 -c max_connections=200"
        self._options += "" if durable else f" {_FAST}"
        self._folder = Path(tempfile.mkdtemp(prefix="postroom-postgres-"))
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._databases = 0

    @staticmethod
    def missing() -> str:
        """What keeps us from running one, "" if nothing does."""
        return "" if _NEWEST_FIRST else "PostgreSQL is not installed (apt-get install postgresql)"

    def __enter__(self) -> Self:
        shutil.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        self._run("initdb", "-D", self._data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def start(self) -> None:
        """Returns when it answers."""
        options = f"{self._options} -c unix_socket_directories={self._folder}"
        self._run("pg_ctl", "-D", self._data, "-l", str(self._folder / "log"), "-w", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is a crash: no checkpoint, every connection cut."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", mode, "stop")

    def restart(self) -> None:
        """Crash and come back."""
        self._run("pg_ctl", "-D", self._data, "-l", str(self._folder / "log"), "-w", "-m", "immediate", "restart")

    def database(self, template: str = "template1", name: str = "") -> str:
        """A new database, a copy of `template`; one that was dropped may be followed by another of its name."""
        self._databases += 1
        name = name or f"desk{self._databases}"
        self._admin(f'CREATE DATABASE {name} TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self._admin(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self.port}/{name}"

    def _admin(self, statement: str) -> None:
        address = f"postgresql://{_USER}@127.0.0.1:{self.port}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        result = subprocess.run(
            [_NEWEST_FIRST[0] / program, *arguments],
            user=self._user.pw_uid,
            group=self._user.pw_gid,
            extra_groups=[],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if result.returncode:
            raise RuntimeError(f"{program}: {result.stderr}\n{self.log}")

    @property
    def log(self) -> str:
        """What it has logged so far."""
        log = self._folder / "log"
        return log.read_text(errors="replace") if log.exists() else ""


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
