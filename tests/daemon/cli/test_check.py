"""`postroom check` says what a configuration leaves open about who senders are."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from daemon.cli.commands import cli

BOX = '[[mailbox]]\nname = "support"\naddress = "support@desk.example"\nteam = "support"\n'
NAMED = '[desk]\nauthserv_ids = ["mx.desk.example"]\nadmins = ["root@desk.example"]\n'
UNNAMED = '[desk]\nadmins = ["root@desk.example"]\n'
OPEN = '[smtp]\nhost = "0.0.0.0"\n'
VERIFYING = '[verification]\nenabled = true\nresolvers = ["127.0.0.1"]\n'


@pytest.mark.parametrize(
    ("desk", "rest", "warning"),
    [
        (UNNAMED, "", "senders cannot be authenticated"),
        (UNNAMED, VERIFYING, ""),
        (NAMED, "", ""),
        (NAMED, OPEN, "whoever reaches smtp at 0.0.0.0"),
        (NAMED, OPEN + "enabled = false\n", ""),
        (NAMED, OPEN + VERIFYING, ""),
    ],
)
def test_what_lets_senders_be_forged_is_said(tmp_path: Path, desk: str, rest: str, warning: str) -> None:
    config = tmp_path / "postroom.toml"
    config.write_text(desk + BOX + rest)
    result = CliRunner().invoke(cli, ["check", "--config", str(config)])
    assert result.exit_code == 0
    assert warning in result.stderr
    assert bool(warning) == ("warning:" in result.stderr)
