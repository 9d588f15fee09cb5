"""The commands that show templates to an admin."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from daemon.cli.commands import cli
from daemon.errors import ConfigError

MINIMAL = """
[desk]
templates_dir = "templates"
[[mailbox]]
name = "support"
address = "support@desk.example"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "templates" / "support").mkdir(parents=True)
    (tmp_path / "postroom.toml").write_text(MINIMAL, encoding="utf-8")
    return tmp_path / "postroom.toml"


def run(config: Path, *arguments: str) -> str:
    result = CliRunner().invoke(cli, ["template", *arguments, "--config", str(config)], catch_exceptions=False)
    return result.output


def test_list_names_every_notice_and_marks_the_admins_own(config: Path) -> None:
    (config.parent / "templates" / "support" / "survey.de.md.j2").write_text("Subject: x\n\nHallo", encoding="utf-8")
    rows = {row["name"]: row for row in json.loads(run(config, "list", "--json"))}
    assert rows["survey"]["languages"] == ["de", "en", "es", "fr", "it", "pl", "pt", "uk"]
    assert rows["survey"]["own"] == ["support/de"]


def test_preview_writes_the_notice_in_the_language_asked_for(config: Path) -> None:
    assert run(config, "preview", "survey", "--lang", "fr").startswith("Subject: [#1042] Êtes-vous satisfait ?")
    assert run(config, "preview", "survey", "--html").startswith("<html>")


def test_preview_of_a_notice_that_is_not_there_says_where_to_look(config: Path) -> None:
    assert "postroom template list" in run(config, "preview", "surveys")


def test_check_counts_what_works(config: Path) -> None:
    assert "templates work, 0 of them your own" in run(config, "check")


def test_check_names_file_and_line_of_what_does_not(config: Path) -> None:
    file = config.parent / "templates" / "survey.de.md.j2"
    file.write_text("Subject: x\n\nHallo\n{{ ticket.secret }}", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"survey\.de\.md\.j2:4: 'dict object' has no attribute 'secret'"):
        run(config, "check")


def test_reference_prints_the_catalogue() -> None:
    assert "### ticket-received" in CliRunner().invoke(cli, ["template", "reference"]).output
