"""A daemon from its configuration on: what is wrong with it is said before it listens."""

from pathlib import Path

import pytest
from running import free_port

from daemon.app import Application, Desk
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
