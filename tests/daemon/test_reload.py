"""Taking up changed rules: whole or not at all, and the admin told once."""

from pathlib import Path
from typing import Any

import pytest
from desks import CONFIG, KEY

from daemon.config import parse
from daemon.policy import Policy, load_policy
from daemon.reload import Reloader
from daemon.store import views
from daemon.store.store import Store

PEOPLE = '[[team]]\nname = "support"\n'
GOOD = '[[rule]]\nname = "r"\nthen = { tags = ["x"] }\n'
BAD = '[[rule]]\nname = "r"\nthen = { tagz = ["x"] }\n'


class Hands:
    """A reloader over a folder, and what it has put in force."""

    def __init__(self, store: Store, clock: Any, folder: Path) -> None:
        self.folder, self.store = folder, store
        self.taken: list[Policy] = []
        config = parse(CONFIG.replace("[desk]", f'[desk]\nrules_dir = "{folder}"'), "test.toml")
        (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
        self.reloader = Reloader(
            (folder, Path()),
            lambda: load_policy(config, (KEY,)),
            self.taken.append,
            store,
            clock,
            ["root@desk.example"],
        )

    def write(self, text: str, name: str = "triage.toml") -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def mails(self) -> int:
        with self.store.reading() as connection:
            return sum(row["template"] == "admin-notice" for row in views.outbox_list(connection))


@pytest.fixture
def hands(store: Store, clock: Any, tmp_path: Path) -> Hands:
    (tmp_path / "rules").mkdir()
    return Hands(store, clock, tmp_path / "rules")


def test_a_change_is_taken_up_when_two_looks_agree(hands: Hands) -> None:
    hands.write(GOOD)
    assert [hands.reloader.step(), hands.reloader.step(), hands.reloader.step()] == [False, True, False]
    assert [each.name for each in hands.taken[0].ruleset.rules] == ["r"]


def test_a_file_that_is_still_being_written_is_waited_for(hands: Hands) -> None:
    for text in ("[[ru", GOOD[:30], GOOD):
        hands.write(text)
        assert not hands.reloader.step()
    assert hands.reloader.step()


def test_a_broken_file_leaves_the_old_policy_and_is_mailed_once(hands: Hands) -> None:
    for text in (BAD, GOOD + GOOD, BAD + " "):
        hands.write(text)
        hands.reloader.step()
        assert hands.reloader.step()
    assert not hands.taken
    assert hands.mails() == 2


def test_a_removed_file_counts_too(hands: Hands) -> None:
    hands.write(GOOD)
    hands.reloader.step()
    hands.reloader.step()
    (hands.folder / "triage.toml").unlink()
    hands.reloader.step()
    hands.reloader.step()
    assert not hands.taken[-1].ruleset.rules


def test_asking_reads_at_once_even_if_nothing_changed(hands: Hands) -> None:
    hands.reloader.ask()
    assert hands.reloader.step()
    assert not hands.reloader.step()


def test_hidden_files_of_editors_are_not_looked_at(hands: Hands) -> None:
    hands.write("x", ".triage.toml.swp")
    assert [hands.reloader.step(), hands.reloader.step()] == [False, False]


def test_every_broken_file_leaves_the_old_policy_in_force(hands: Hands) -> None:
    broken = sorted((Path(__file__).parents[1] / "bad_rules").glob("*.toml"))
    for path in broken:
        name = f"{path.stem.partition('-')[0]}.toml"
        hands.write(path.read_text(encoding="utf-8"), name)
        hands.reloader.ask()
        assert hands.reloader.step(), path.name
        assert not hands.taken, path.name
        (hands.folder / name).unlink()
        hands.write(PEOPLE, "people.toml")
    assert len(broken) >= 100
