"""The rules an admin starts with: their own tests, their lints, their reference page."""

from pathlib import Path

import desks
import pytest
from deskwork import NOW

from rules.lints import lint
from rules.reference import reference
from rules.rule_test_runs import run_test
from rules.rule_tests import RuleTest

POLICY = desks.policy()


@pytest.mark.parametrize("test", POLICY.tests, ids=[each.name for each in POLICY.tests])
def test_a_test_beside_the_starter_rules_passes(test: RuleTest) -> None:
    assert not run_test(test, POLICY.desk, POLICY.ruleset, NOW)


def test_the_starter_rules_raise_no_warnings() -> None:
    assert not lint(POLICY.ruleset)


def test_the_reference_page_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "rules.md"
    assert page.read_text(encoding="utf-8") == reference()


def test_a_test_that_fails_says_what_was_found() -> None:
    test = RuleTest(name="t", file="triage.toml", mail={"subject": "refund"}, expect={"priority": "P1"})
    (difference,) = run_test(test, POLICY.desk, POLICY.ruleset, NOW)
    assert str(difference) == 'triage.toml: test \'t\': priority is "P2", expected "P1"'
