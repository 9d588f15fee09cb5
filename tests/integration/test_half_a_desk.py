"""What cannot be had is named with its option, and the rest of the desk runs."""

import socket
from pathlib import Path

import pytest
from running import Daemon

pytestmark = pytest.mark.integration


def test_a_port_in_use_and_an_unreachable_mailbox_leave_the_rest_running(tmp_path: Path) -> None:
    desk = Daemon(tmp_path)
    with socket.create_server(("127.0.0.1", desk.smtp)):
        desk.start()
        said = f"smtp.port: smtp: cannot listen on 127.0.0.1 port {desk.smtp}: Address already in use"
        desk.wait(lambda: said in (tmp_path / "stderr").read_text())
        with socket.create_connection(("127.0.0.1", desk.lmtp)) as peer:
            assert peer.recv(3) == b"220"
    assert desk.stop() == 0
