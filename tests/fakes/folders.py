"""A desk in a folder, as the command line finds one: configuration, rules, database and stored mail."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from desks import CONFIG, DeskInHand, mail

from daemon.app import load_desk_policy, open_store
from daemon.clock import SystemClock
from daemon.config import load

PEOPLE = (
    '[[team]]\nname = "support"\n[[agent]]\nname = "ada"\naddresses = ["ada@desk.example"]\nteams = ["support"]\n'
    '[[agent]]\nname = "ben"\naddresses = ["ben@desk.example"]\nteams = ["support"]\n'
)
EVE = "eve@other.example"
MAILS = (
    mail(subject="Printer on fire"),
    mail(subject="Tea cold", message_id="<2@customer.example>"),
    mail(sender=EVE, subject="Hello", message_id="<3@other.example>"),
)


def make_folder(tmp_path: Path) -> Path:
    """A folder with a desk that has three tickets, the third of another customer: made once, then copied."""
    shutil.copytree(_made(), tmp_path, dirs_exist_ok=True)
    return tmp_path


@cache
def _made() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="postroom-desk-")
    atexit.register(folder.cleanup)
    return _make(Path(folder.name))


def _make(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "people.toml").write_text(PEOPLE, encoding="utf-8")
    text = CONFIG.replace("[desk]", '[desk]\ndata_dir = "var"\nrules_dir = "rules"')
    (tmp_path / "postroom.toml").write_text(text, encoding="utf-8")
    with_desk(tmp_path, lambda desk: [desk.take(each) for each in MAILS])
    return tmp_path


def with_desk(folder: Path, act: Callable[[DeskInHand], Any]) -> Any:
    config = load(folder / "postroom.toml")
    store = open_store(config, SystemClock())
    desk = DeskInHand(store, SystemClock(), load_desk_policy(config))  # type: ignore[arg-type]
    result = act(desk)
    desk.work()
    store.close()
    return result
