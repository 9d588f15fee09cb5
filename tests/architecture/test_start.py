"""A start is quick because it loads only what listening takes; the rest follows behind, or when it is wanted."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LATER = {
    "alembic",
    "apscheduler",
    "daemon.crew",
    "daemon.workers",
    "email_validator",
    "holidays",
    "imapclient",
    "jinja2",
    "parsers.reading",
    "rules.actions",
    "rules.decide",
    "sqlalchemy.dialects.postgresql",
    "urllib.request",
}


def test_listening_takes_nothing_that_can_be_loaded_later(tmp_path: Path) -> None:
    config_file = tmp_path / "postroom.toml"
    config_file.write_text((ROOT / "config.example.toml").read_text(encoding="utf-8"), encoding="utf-8")
    program = (
        "import sys, pathlib, daemon.cli.commands; from daemon import app, config;"
        "app.load_desk_policy(config.load(pathlib.Path(sys.argv[1]))); print(*sys.modules)"
    )
    command = [sys.executable, "-c", program, config_file]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()
    assert "daemon.app" in loaded
    assert not LATER & set(loaded)
