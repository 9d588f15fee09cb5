"""The folders that an admin names: what cannot be read is told with the setting that named it."""

from pathlib import Path

import pytest
from desks import CONFIG, KEY

from daemon.config import parse
from daemon.errors import ConfigError
from daemon.policy import load_policy


@pytest.mark.parametrize(
    ("setting", "file", "place"),
    [
        ("rules_dir", "triage.toml", ""),
        ("templates_dir", "ticket-received.en.md.j2", ""),
        ("templates_dir", "brand/ticket-received.en.md.j2", ""),
        ("templates_dir", "canned/team/support/hello.md", "canned/team/support/hello.md"),
        ("articles_dir", "printer.md", ""),
    ],
)
def test_a_file_that_is_no_text_is_told_with_its_setting(tmp_path: Path, setting: str, file: str, place: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_bytes(b"caf\xe9")
    config = parse(CONFIG.replace("[desk]", f'[desk]\n{setting} = "{tmp_path}"'), "test.toml")
    with pytest.raises(ConfigError) as refused:
        load_policy(config, (KEY,))
    [problem] = refused.value.problems
    assert (problem.file, problem.key) == (str(tmp_path / place), f"desk.{setting}")
    assert problem.message.startswith("cannot read: 'utf-8' codec")
