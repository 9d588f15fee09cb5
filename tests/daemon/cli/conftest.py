"""A desk in a folder, and the command line on it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from folders import make_folder

from daemon.cli.commands import cli


@pytest.fixture
def tmp_path(memory: Path) -> Iterator[Path]:
    """One test after the other has the same folder: the engine of the database in it knows the statements already."""
    folder = memory / "desk"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> str:
    """The URL of the file that the commands open when `data_dir` is where the configuration is."""
    shutil.copy(migrated, tmp_path / "postroom.db")
    return f"sqlite:///{tmp_path / 'postroom.db'}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_folder(tmp_path)


@pytest.fixture
def run(folder: Path) -> Callable[..., Any]:
    def call(*arguments: str, **more: Any) -> Any:
        return CliRunner().invoke(cli, [*arguments, "--config", str(folder / "postroom.toml")], **more)

    return call
