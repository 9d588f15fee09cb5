"""The commands about rules, on a desk in a folder."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from desks import CONFIG, DeskInHand, mail

from daemon.app import load_desk_policy, open_store
from daemon.cli.commands import cli
from daemon.clock import SystemClock
from daemon.config import load

PEOPLE = '[[team]]\nname = "support"\n[[agent]]\nname = "ada"\naddresses = ["ada@desk.example"]\nteams = ["support"]\n'
RULES = """\
[[rule]]
name = "printers"
when = { subject.contains_any = ["printer"] }
then = { priority = "P2", tags = ["hardware"] }

[[test]]
name = "a printer is hardware"
mail = { subject = "My printer" }
expect = { priority = "P2", tags = ["hardware"] }
"""
Run = Callable[..., Any]


@pytest.fixture
def desk(tmp_path: Path, migrated: Path) -> Path:
    """A folder with a desk that has taken two mails."""
    (tmp_path / "var").mkdir()
    shutil.copy(migrated, tmp_path / "var" / "postroom.db")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "rules" / "triage.toml").write_text(RULES, encoding="utf-8")
    text = CONFIG.replace("[desk]", '[desk]\ndata_dir = "var"\nrules_dir = "rules"')
    (tmp_path / "postroom.toml").write_text(text + "[workers]\nreaders = 1\n", encoding="utf-8")
    config = load(tmp_path / "postroom.toml")
    store = open_store(config, SystemClock())
    hands = DeskInHand(store, SystemClock(), load_desk_policy(config))  # type: ignore[arg-type]
    hands.take(mail(subject="Printer on fire"))
    hands.take(mail(subject="Tea cold", message_id="<2@customer.example>"))
    hands.decide()
    store.close()
    return tmp_path


@pytest.fixture
def run(desk: Path) -> Run:
    def call(*arguments: str) -> Any:
        return CliRunner().invoke(cli, [*arguments, "--config", str(desk / "postroom.toml")])

    return call


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("a@b.example", "address"),
        ("b.example", "domain"),
        ("@b.example", "domain"),
        ("*.b.example", "subdomains"),
        ("*@b.*", "glob"),
        ("/spam[0-9]+@/", "pattern"),
        ("X-Spam-Flag: YES", "header"),
    ],
)
def test_an_entry_is_added_listed_and_taken_out_again(run: Run, desk: Path, entry: str, kind: str) -> None:
    assert run("deny", "add", entry, "--action", "drop", "--why", 'says "x"').exit_code == 0
    (listed,) = json.loads(run("deny", "list", "--json").output)
    assert (listed["kind"], listed["action"], listed["why"], listed["hits"]) == (kind, "drop", 'says "x"', 0)
    assert run("deny", "remove", entry).exit_code == 0
    assert json.loads(run("deny", "list", "--json").output) == []


def test_an_entry_that_cannot_be_read_changes_nothing(run: Run, desk: Path) -> None:
    assert run("deny", "add", "/(?=x)/").exit_code != 0
    assert not (desk / "rules" / "deny.toml").exists()


def test_comments_survive_adding_and_removing(run: Run, desk: Path) -> None:
    (desk / "rules" / "deny.toml").write_text("# ours\n", encoding="utf-8")
    run("deny", "add", "b.example")
    run("deny", "remove", "b.example")
    assert (desk / "rules" / "deny.toml").read_text(encoding="utf-8").startswith("# ours\n")


def test_check_explains_which_entry_decides(run: Run) -> None:
    run("deny", "add", "b.example", "--action", "drop")
    run("deny", "add", "kim@b.example", "--action", "allow")
    answer = json.loads(run("deny", "check", "kim@b.example", "--json").output)
    assert answer["verdict"] == "allow"
    assert [(each["kind"], each["decides"]) for each in answer["entries"]] == [("address", True), ("domain", False)]


def test_tests_beside_the_rules_are_run(run: Run, desk: Path) -> None:
    assert "1 of 1 tests of rules passed" in run("check", "--tests").output
    (desk / "rules" / "triage.toml").write_text(RULES.replace('"P2"', '"P3"', 1), encoding="utf-8")
    result = run("check", "--tests")
    assert result.exit_code == 1
    assert 'priority is "P3", expected "P2"' in result.output


def test_a_rehearsal_says_exactly_which_tickets_would_change(run: Run, desk: Path) -> None:
    (desk / "new").mkdir()
    (desk / "new" / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (desk / "new" / "triage.toml").write_text(RULES.replace('priority = "P2"', 'priority = "P1"'), encoding="utf-8")
    result = run("rehearse", "--rules", str(desk / "new"), "--html", str(desk / "page.html"), "--json")
    answer = json.loads(result.stdout)
    assert (answer["mails"], answer["changed"]) == (2, 1)
    (rule,) = answer["rules"]
    assert (rule["rule"], rule["changes"]) == ("printers", {"priority: P2 -> P1": 1})
    assert rule["examples"][0]["ticket"] == 1001
    assert "Printer on fire" in (desk / "page.html").read_text(encoding="utf-8")


def test_a_rehearsal_of_the_same_rules_changes_nothing(run: Run) -> None:
    assert "0 of 2 mails would be treated otherwise" in run("rehearse").output


def test_statistics_name_rules_that_act_and_rules_that_never_do(run: Run, desk: Path) -> None:
    more = RULES + '[[rule]]\nname = "never"\nwhen = { subject.is = "x" }\nthen = { type = "x" }\n'
    (desk / "rules" / "triage.toml").write_text(more, encoding="utf-8")
    answer = json.loads(run("rules", "stats", "--json").output)
    assert [(each["rule"], each["hits"]) for each in answer["rules"]] == [("printers", 1), ("never", 0)]
    assert (answer["never_hit"], answer["warning"]) == (["never"], "")
    assert "never hit since" in run("rules", "stats").output


def test_a_desk_where_more_than_a_tenth_is_urgent_is_warned(run: Run, desk: Path) -> None:
    config = load(desk / "postroom.toml")
    (desk / "rules" / "triage.toml").write_text(RULES.replace('"P2"', '"P1"'), encoding="utf-8")
    store = open_store(config, SystemClock())
    hands = DeskInHand(store, SystemClock(), load_desk_policy(config))  # type: ignore[arg-type]
    hands.take(mail(subject="Printer smokes", message_id="<3@customer.example>"))
    hands.decide()
    store.close()
    assert json.loads(run("rules", "stats", "--json").output)["warning"].startswith("1 of 3 tickets are P1")
