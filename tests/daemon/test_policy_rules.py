"""Rule files as an admin writes them: what is taken, what is refused, and in which words."""

from pathlib import Path

import pytest
from desks import CONFIG, KEY

from daemon.config import parse
from daemon.errors import ConfigError
from daemon.policy import Policy, load_policy

BAD = sorted((Path(__file__).parents[1] / "bad_rules").glob("*.toml"))
PEOPLE = """\
[[team]]
name = "support"

[[agent]]
name = "ada"
addresses = ["ada@desk.example"]
teams = ["support"]
"""


def load(folder: Path) -> Policy:
    config = parse(CONFIG.replace("[desk]", f'[desk]\nrules_dir = "{folder}"'), "test.toml")
    return load_policy(config, (KEY,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "people.toml").write_text(PEOPLE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("bad", BAD, ids=[each.stem for each in BAD])
def test_a_broken_file_is_refused_with_place_and_remedy(folder: Path, bad: Path) -> None:
    text = bad.read_text(encoding="utf-8")
    (folder / f"{bad.stem.partition('-')[0]}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(folder)
    assert text.splitlines()[0].removeprefix("# ") in map(str, refused.value.problems)


def test_all_problems_of_all_files_are_told_at_once(folder: Path) -> None:
    (folder / "deny.toml").write_text('[[deny]]\nkind = "x"\nvalue = "y"\naction = "drop"\n', encoding="utf-8")
    (folder / "triage.toml").write_text("[[rule]]\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(folder)
    assert {each.file for each in refused.value.problems} == {"deny.toml", "triage.toml"}


def test_a_misspelled_file_name_is_no_silent_nothing(folder: Path) -> None:
    (folder / "triag.toml").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"triag\.toml: there is no such kind of file; did you mean triage\.toml"):
        load(folder)


def test_several_files_of_a_kind_count_in_name_order(folder: Path) -> None:
    for name in ("triage", "triage-20-b", "triage-10-a"):
        rule = f'[[rule]]\nname = "{name}"\nthen = {{ tags = ["x"] }}\n'
        (folder / f"{name}.toml").write_text(rule, encoding="utf-8")
    assert [each.name for each in load(folder).ruleset.rules] == ["triage", "triage-10-a", "triage-20-b"]


def test_people_of_several_files_are_one_desk(folder: Path) -> None:
    more = '[[agent]]\nname = "ben"\naddresses = ["ben@desk.example"]\nskills = ["french"]\nmost_open = 3\n'
    (folder / "people-more.toml").write_text(more, encoding="utf-8")
    agents = load(folder).desk.agents
    assert [each.name for each in agents] == ["ada", "ben"]
    assert (agents[1].work.skills, agents[1].work.most_open) == (("french",), 3)


def test_a_list_of_addresses_lies_beside_the_rules(folder: Path) -> None:
    (folder / "partners.txt").write_text("@b.example\n", encoding="utf-8")
    rule = '[[rule]]\nname = "r"\nwhen = { from.in_file = "partners.txt" }\nthen = { tags = ["x"] }\n'
    (folder / "triage.toml").write_text(rule, encoding="utf-8")
    assert load(folder).ruleset.rules


ORGANISATION = '\n[[organisation]]\nname = "Acme"\ndomains = ["Acme.example", "acme.test"]\nvip = true\n'
PROMISE = '[[target]]\nname = "acme"\norganisation = ["ACME"]\nfirst_reply = "1h"\n'


def test_an_organisation_stands_for_its_domains_in_promises_and_conditions(folder: Path) -> None:
    (folder / "people.toml").write_text(PEOPLE + ORGANISATION, encoding="utf-8")
    (folder / "deadlines.toml").write_text(PROMISE, encoding="utf-8")
    policy = load(folder)
    assert policy.timing.targets[0].organisations == {"acme.example", "acme.test"}
    assert [(each.name, each.vip) for each in policy.desk.organisations] == [("Acme", True)]
