"""A daemon from its configuration on: what is wrong with it is said before it listens."""

import fcntl
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from running import free_port

from daemon.app import Application, Desk, check, only_daemon
from daemon.config import Config, load
from daemon.errors import ConfigError


def configuration(folder: Path, more: str) -> Config:
    file = folder / "postroom.toml"
    file.write_text(
        '[[mailbox]]\nname = "support"\naddress = "support@desk.example"\n'
        f"[smtp]\nport = {free_port()}\n[lmtp]\nport = {free_port()}\n{more}"
    )
    return load(file)


SECRET = '[outbound]\ntransport = "smtp"\npassword = { file = "/nowhere/password" }\n'
ACCOUNT = '[[imap]]\nname = "a"\nmailbox = "support"\nhost = "imap.example"\nuser = "u"\nfolder = "IN\\nBOX"\n'


@pytest.mark.parametrize(("more", "told"), [(SECRET, "/nowhere/password"), (ACCOUNT, "holds a control character")])
async def test_what_only_the_crew_will_need_is_checked_before_anybody_can_connect(
    tmp_path: Path, more: str, told: str
) -> None:
    listening: list[Desk] = []
    with pytest.raises(ConfigError, match=told):
        await Application(configuration(tmp_path, more)).run(listening.append)
    assert not listening


@pytest.mark.parametrize(("more", "told"), [(SECRET, "/nowhere/password"), (ACCOUNT, "holds a control character")])
def test_a_check_finds_what_a_start_would(tmp_path: Path, more: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        check(configuration(tmp_path, more))


def test_a_second_daemon_on_the_same_folder_is_told_so_at_once(tmp_path: Path) -> None:
    with only_daemon(tmp_path), pytest.raises(ConfigError, match="another postroom daemon"), only_daemon(tmp_path):
        pass


def test_a_daemon_waits_for_the_sender_of_a_dead_one_to_end(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    lock = (tmp_path / "lock").open("w", encoding="ascii")
    lock.write(str(dead.pid))
    lock.flush()
    fcntl.flock(lock, fcntl.LOCK_EX)
    ending = threading.Timer(0.1, lock.close)
    ending.start()
    with only_daemon(tmp_path) as held:
        assert held
    ending.join()
